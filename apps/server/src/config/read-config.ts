import { type Config, configSchema } from './config-schema.js';

/** A setting has a value that is not allowed. The message names each such setting and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the settings from environment variables. Values are not repeated in errors, since some are secret.
 *
 * @throws ConfigError naming every wrong setting.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = configSchema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${String(issue.path[0])} must be ${issue.message}`);
  throw new ConfigError(`The configuration is wrong:\n${[...new Set(lines)].join('\n')}`);
}

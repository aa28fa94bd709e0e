import { MediaError } from '../media-error.js';

interface HostRules {
  readonly allowedHosts: readonly string[];
  readonly deniedHosts: readonly string[];
}

/**
 * Checks a host name against the policy's lists.
 *
 * @throws MediaError `blocked-host`.
 */
export function checkHost(hostname: string, rules: HostRules): void {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  const denied = rules.deniedHosts.some((rule) => matches(host, rule));
  const allowed = rules.allowedHosts.length === 0 || rules.allowedHosts.some((rule) => matches(host, rule));
  if (denied || !allowed) throw new MediaError('blocked-host', `The host ${host} is not allowed here.`);
}

function matches(host: string, rule: string): boolean {
  return rule.startsWith('*.') ? host.endsWith(rule.slice(1)) : host === rule;
}

import type { App } from './app-env.js';

/** The methods that an app has for a path; empty where it has none. */
export function allowedMethods(app: App, path: string): readonly string[] {
  const fitting = app.routes.filter(
    ({ method, path: pattern }) => method !== 'ALL' && toRegExp(pattern).test(path),
  );
  return [...new Set(fitting.map(({ method }) => method))];
}

/** Hono's pattern of a path: `:name`, `:name{expression}` and `*`. */
function toRegExp(pattern: string): RegExp {
  const parts = pattern.split(/(:\w+\{[^/]*\}|:\w+|\*)/);
  const sources = parts.map((part) => {
    const [, expression] = /^:\w+\{(.*)\}$/.exec(part) ?? [];
    if (expression !== undefined) return `(?:${expression})`;
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${sources.join('')}$`);
}

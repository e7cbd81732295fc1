// The route table made executable: version prefix, patterns with parameters, and Docker's answers for what is not in it.
import type { Call } from './call.js';

export type Handle = (call: Call) => Promise<void> | void;

/** One line of the table. `{id}` is one segment, `{name...}` is one or more (image names have slashes). */
export interface Route {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  handle: Handle;
  /** Served on the raw connection (attach, exec start). */
  hijack?: boolean;
  /** Answered before the built-in images are there. */
  early?: boolean;
}

interface Compiled extends Route {
  pattern: RegExp;
  names: string[];
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

const VERSIONED = /^\/v([0-9]+\.[0-9]+)(\/.*)$/;

function compile(route: Route): Compiled {
  const names: string[] = [];
  const source = route.path.replace(/\{(\w+)(\.\.\.)?\}/g, (_, name: string, many?: string) => {
    names.push(name);
    return many ? '(.+)' : '([^/]+)';
  });
  return { ...route, pattern: new RegExp(`^${source}$`), names };
}

/** '/v1.43/info' -> ['1.43', '/info']. */
export function splitVersion(path: string): [string | undefined, string] {
  const match = VERSIONED.exec(path);
  return match ? [match[1], match[2]!] : [undefined, path];
}

/** Percent-decodes a parameter; what is not valid is taken as it is, like Go's mux does. */
function decodeParam(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export class Router {
  readonly #byMethod = new Map<string, Compiled[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const list = this.#byMethod.get(route.method) ?? [];
      list.push(compile(route));
      this.#byMethod.set(route.method, list);
    }
  }

  /** The first route that fits; `path` is without version. */
  match(method: string, path: string): Match | undefined {
    for (const route of this.#byMethod.get(method) ?? []) {
      const found = route.pattern.exec(path);
      if (!found) continue;
      const params: Record<string, string> = {};
      route.names.forEach((name, i) => (params[name] = decodeParam(found[i + 1]!)));
      return { route, params };
    }
    return undefined;
  }

  /** Whether a request needs the raw connection. */
  hijacks(method: string, path: string): boolean {
    return this.match(method, splitVersion(path)[1])?.route.hijack === true;
  }
}

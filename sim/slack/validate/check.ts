/** Small checks that are put together into the rules of Block Kit. Each reports what it finds and goes on. */

export interface Finding {
  /** JSON pointer into what was validated: `/blocks/2/text/text`. */
  pointer: string;
  message: string;
}

export type Surface = 'message' | 'modal' | 'home';

/** What one validation collects on its way through the blocks. */
export interface Scope {
  readonly surface: Surface;
  readonly findings: Finding[];
  /** Where each block id was seen first. */
  readonly blockIds: Map<string, string>;
  /** How many blocks of a type were seen. */
  readonly counts: Map<string, number>;
  /** Pointers of elements that ask for the focus. */
  readonly focused: string[];
}

export type Check = (value: unknown, at: string, scope: Scope) => void;

export type Fields = Record<string, unknown>;

export const newScope = (surface: Surface): Scope => ({
  surface,
  findings: [],
  blockIds: new Map(),
  counts: new Map(),
  focused: [],
});

export function report(scope: Scope, pointer: string, message: string): void {
  scope.findings.push({ pointer, message });
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A string of `min` (1) to `max` characters. */
export function string(max = Number.POSITIVE_INFINITY, min = 1, pattern?: RegExp): Check {
  return (value, at, scope) => {
    if (typeof value !== 'string') return report(scope, at, 'must be a string');
    if (value.length > max) report(scope, at, `must be less than ${max + 1} characters`);
    if (value.length < min) report(scope, at, `must be more than ${min - 1} characters`);
    else if (pattern && !pattern.test(value)) report(scope, at, `must match ${pattern}`);
  };
}

export function url(max = 3000): Check {
  const text = string(max);
  return (value, at, scope) => {
    text(value, at, scope);
    if (typeof value === 'string' && value !== '' && !URL.canParse(value)) report(scope, at, 'must be a valid URL');
  };
}

export const boolean: Check = (value, at, scope) => {
  if (typeof value !== 'boolean') report(scope, at, 'must be a boolean');
};

export const number: Check = (value, at, scope) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) report(scope, at, 'must be a number');
};

export function integer(min: number, max: number): Check {
  return (value, at, scope) => {
    if (!Number.isInteger(value)) report(scope, at, 'must be an integer');
    else if ((value as number) < min || (value as number) > max) report(scope, at, `must be from ${min} to ${max}`);
  };
}

export function oneOf(...allowed: readonly (string | number)[]): Check {
  return (value, at, scope) => {
    if (!allowed.includes(value as string)) report(scope, at, `must be one of: ${allowed.join(', ')}`);
  };
}

export function list(item: Check, max: number, min = 1): Check {
  return (value, at, scope) => {
    if (!Array.isArray(value)) return report(scope, at, 'must be an array');
    if (value.length > max) report(scope, at, `no more than ${max} items allowed`);
    if (value.length < min) report(scope, at, `no fewer than ${min} items allowed`);
    for (const [index, one] of value.entries()) item(one, `${at}/${index}`, scope);
  };
}

export interface Shape {
  required?: Record<string, Check>;
  optional?: Record<string, Check>;
  /** What the single fields cannot say. */
  also?: (value: Fields, at: string, scope: Scope) => void;
}

/** An object with exactly these fields; `type` is always allowed. */
export function object({ required = {}, optional = {}, also }: Shape): Check {
  return (value, at, scope) => {
    if (!isFields(value)) return report(scope, at, 'must be an object');
    for (const key of Object.keys(required)) {
      if (value[key] === undefined) report(scope, at, `missing required field: ${key}`);
    }
    for (const [key, inner] of Object.entries(value)) {
      const check = required[key] ?? optional[key];
      if (check && inner !== undefined) check(inner, `${at}/${key}`, scope);
      else if (!check && key !== 'type' && inner !== undefined)
        report(scope, at, `invalid additional property: ${key}`);
    }
    also?.(value, at, scope);
  };
}

/** Chooses the check by `type`; other types are refused. */
export function byType(checks: Readonly<Record<string, Check>>): Check {
  return (value, at, scope) => {
    const type = isFields(value) ? value.type : undefined;
    if (type === undefined) return report(scope, at, 'missing required field: type');
    const check = Object.hasOwn(checks, String(type)) ? checks[String(type)] : undefined;
    if (check) check(value, at, scope);
    else report(scope, at, `unsupported type: ${String(type)}`);
  };
}

/** Several optional fields of which exactly one must be there. */
export function exactlyOne(value: Fields, keys: readonly string[], at: string, scope: Scope): void {
  const given = keys.filter((key) => value[key] !== undefined);
  if (given.length === 1) return;
  report(scope, at, `${given.length === 0 ? 'missing required field' : 'only one allowed'}: ${keys.join(' or ')}`);
}

/** Picks some of a table of checks. */
export function pick<K extends string>(checks: Readonly<Record<string, Check>>, ...keys: K[]): Record<K, Check> {
  return Object.fromEntries(keys.map((key) => [key, checks[key]!])) as Record<K, Check>;
}

// Do two JSON values have the same keys with the same types? Told path by path; what an array holds is one path.

/** The types met at each path: `author.id` → `string`, `mentions[].bot` → `boolean`. */
export type Shape = ReadonlyMap<string, ReadonlySet<string>>

/** Of several values of one kind together. */
export function shapeOf(values: readonly unknown[]): Shape {
  const shape = new Map<string, Set<string>>()
  for (const value of values) note(shape, value, '')
  return shape
}

/** A sentence for each difference: `author.clan is missing: null`, `id is number, not string`, `colour is added: string`. */
export function differences(actual: Shape, expected: Shape): readonly string[] {
  const paths = new Set([...expected.keys(), ...actual.keys()])
  return [...paths].sort().flatMap((path) => {
    // Whoever lacks an object lacks what is in it: told once.
    const [parent] = /^(.*?)(?:\.?[^.[]+|\[\])$/.exec(path)?.slice(1) ?? []
    if (parent !== undefined && actual.has(parent) !== expected.has(parent)) return []
    const [is, shall] = [typesAt(actual, path), typesAt(expected, path)]
    if (is === shall) return []
    if (is === '') return [`${path} is missing: ${shall}`]
    return [shall === '' ? `${path} is added: ${is}` : `${path} is ${is}, not ${shall}`]
  })
}

function note(shape: Map<string, Set<string>>, value: unknown, path: string): void {
  const types = shape.get(path) ?? new Set()
  shape.set(path, types.add(typeOf(value)))
  if (Array.isArray(value)) for (const item of value) note(shape, item, `${path}[]`)
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) note(shape, inner, path === '' ? key : `${path}.${key}`)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function typesAt(shape: Shape, path: string): string {
  return [...(shape.get(path) ?? [])].sort().join(' or ')
}

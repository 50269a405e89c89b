// Puts secrets in: `${env:NAME}` and `${file:PATH}` anywhere in a text, `$${` for a literal `${`.

import type { Path } from './source.ts'

export interface Interpolated {
  readonly value: unknown
  readonly faults: readonly { readonly path: Path; readonly problem: string; readonly remedy: string }[]
  /** What was read from files: treated as secret wherever it stands. */
  readonly fromFiles: readonly string[]
}

export interface InterpolationWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Reads a file named in the configuration; rejects where it cannot. */
  readonly readFile: (path: string) => Promise<string>
}

type Fault = Interpolated['faults'][number]

/** Stands where a value could not be had, so that the rest can still be checked; its place has a fault anyway. */
const UNKNOWN = 'unknown'

const REFERENCE = /\$?\$\{([^}]*)\}/g

/** Walks plain data and fills in every reference. Never rejects: what cannot be filled in is a fault. */
export async function interpolate(data: unknown, world: InterpolationWorld): Promise<Interpolated> {
  const faults: Fault[] = []
  const fromFiles: string[] = []

  async function walk(value: unknown, path: Path): Promise<unknown> {
    if (typeof value === 'string') return value.includes('${') ? fillIn(value, path) : value
    if (Array.isArray(value)) return Promise.all(value.map((item, i) => walk(item, [...path, i])))
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(
      async ([key, inner]) => [key, await walk(inner, [...path, key])] as const,
    )
    return Object.fromEntries(await Promise.all(entries))
  }

  async function fillIn(text: string, path: Path): Promise<string> {
    let filled = ''
    let end = 0
    for (const match of text.matchAll(REFERENCE)) {
      filled += text.slice(end, match.index)
      end = match.index + match[0].length
      filled += match[0].startsWith('$$') ? match[0].slice(1) : await resolve(match[1] ?? '', path)
    }
    return filled + text.slice(end)
  }

  async function resolve(reference: string, path: Path): Promise<string> {
    const colon = reference.indexOf(':')
    const source = reference.slice(0, Math.max(0, colon))
    const name = reference.slice(colon + 1).trim()
    if (source === 'env') {
      const value = world.env[name]?.trim()
      if (value !== undefined && value !== '') return value
      faults.push({
        path,
        problem: `the variable ${name} is ${value === undefined ? 'not set' : 'empty'}`,
        remedy: `Set ${name} in the environment or in the file .env.`,
      })
    } else if (source === 'file') {
      try {
        const value = (await world.readFile(name)).trim()
        if (value === '') {
          faults.push({ path, problem: `the file ${name} is empty`, remedy: `Put the secret into ${name}.` })
          return UNKNOWN
        }
        fromFiles.push(value)
        return value
      } catch (error) {
        faults.push({
          path,
          problem: `the file ${name} cannot be read${codeOf(error)}`,
          remedy: 'The path is relative to the folder of the configuration file.',
        })
      }
    } else {
      faults.push({
        path,
        problem: `"\${${reference}}" names no source`,
        remedy: `Write \${env:${name}} for a variable, \${file:${name}} for a file, or $\${ for the characters themselves.`,
      })
    }
    return UNKNOWN
  }

  const value = await walk(data, [])
  return { value, faults, fromFiles }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
}

// Under which licences is what we ship beside our own code? `node test/support/licences.ts` writes the list.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Shipped {
  readonly name: string
  readonly version: string
  /** An SPDX expression. */
  readonly licence: string
}

/** They ask for no more than their own text and the authors' names, which stand in each package. */
const ALLOWED: readonly string[] = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  // Of argparse, which came from Python.
  'PSF-2.0',
  'Python-2.0',
]

/** Libraries that are loaded, never copied into ours: whoever runs the bridge may put their own in the place of them. */
const LOADED_ONLY = { licence: 'LGPL-3.0-or-later', packages: /^@img\/sharp-/ } as const

const root = fileURLToPath(new URL('../../', import.meta.url))
export const LIST = join(root, 'THIRD-PARTY-LICENSES.md')

/** Every package of the lock that is installed without `--include=dev`, on any machine. By name and version. */
export function shippedBy(lock: string): readonly Shipped[] {
  const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, LockEntry>> }
  const found = Object.entries(packages).flatMap(([path, entry]): Shipped[] => {
    const name = path.split('node_modules/').at(-1) ?? ''
    if (path === '' || entry.dev === true) return []
    return [{ name, version: entry.version ?? '', licence: entry.license ?? 'none told' }]
  })
  const known = new Map(found.map((shipped) => [`${shipped.name}@${shipped.version}`, shipped]))
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shipped]) => shipped)
}

interface LockEntry {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
}

/** A sentence for each package whose licence nobody has looked at. */
export function unknownLicences(shipped: readonly Shipped[]): readonly string[] {
  return shipped
    .filter((one) => !isAllowed(one))
    .map(
      ({ name, version, licence }) =>
        `${name} ${version} is under ${licence}: look at what it asks for, then allow it in test/support/licences.ts or do without.`,
    )
}

/** All of an AND, one of an OR. */
function isAllowed({ name, licence }: Shipped): boolean {
  return licence
    .replace(/[()]/g, ' ')
    .split(' AND ')
    .every((part) =>
      part
        .split(' OR ')
        .map((one) => one.trim())
        .some(
          (one) => ALLOWED.includes(one) || (one === LOADED_ONLY.licence && LOADED_ONLY.packages.test(name)),
        ),
    )
}

export function listOf(shipped: readonly Shipped[]): string {
  const counts = Map.groupBy(shipped, ({ licence }) => licence)
  const summary = [...counts]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([licence, packages]) => `${packages.length} × ${licence}`)
  return `# Third-party licences

What is installed to run the bridge (\`npm ci --omit=dev\`), each under its own licence, whose text stands in the package
itself. Written by \`node test/support/licences.ts\`; a test compares it with package-lock.json.

${summary.join(', ')}.

\`@img/sharp-libvips-*\` (LGPL-3.0-or-later) is libvips with what it is made of, as a shared library that the optional
package sharp loads; it is neither changed nor copied into the bridge and may be replaced by a libvips of one's own, as
sharp's documentation describes. One of these packages is installed, the one for the machine; without sharp, pictures
are sent as they are.

| package | version | licence |
| --- | --- | --- |
${shipped.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`).join('\n')}
`
}

export function readLock(): string {
  return readFileSync(join(root, 'package-lock.json'), 'utf8')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const shipped = shippedBy(readLock())
  const unknown = unknownLicences(shipped)
  if (unknown.length > 0) {
    console.error(unknown.join('\n'))
    process.exitCode = 1
  }
  writeFileSync(LIST, listOf(shipped))
}

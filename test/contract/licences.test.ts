// Is everything that is shipped listed, under a licence that somebody has looked at?
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LIST, listOf, readLock, shippedBy, unknownLicences } from '../support/licences.ts'

const lock = readLock()

test('THIRD-PARTY-LICENSES.md is what the lock says (node test/support/licences.ts writes it)', () => {
  expect(squeezed(readFileSync(LIST, 'utf8'))).toBe(squeezed(listOf(shippedBy(lock))))
  expect(shippedBy(lock).length).toBeGreaterThan(100)
})

test('every licence is one that was looked at', () => {
  expect(unknownLicences(shippedBy(lock))).toEqual([])
})

test('an unknown licence is told, also in an expression', () => {
  const of = (licence: string, name = 'x') => unknownLicences([{ name, version: '1', licence }])
  expect(of('GPL-3.0-only')[0]).toContain('x 1 is under GPL-3.0-only')
  expect(of('LGPL-3.0-or-later')).toHaveLength(1)
  expect(of('MIT AND GPL-2.0')).toHaveLength(1)
  expect(of('(MIT OR GPL-2.0)')).toEqual([])
  expect(of('Apache-2.0 AND LGPL-3.0-or-later AND MIT', '@img/sharp-wasm32')).toEqual([])
  expect(of('none told')).toHaveLength(1)
})

test('packages say of themselves what the lock says of them', () => {
  const { packages } = JSON.parse(lock) as { packages: Record<string, { dev?: boolean; license?: string }> }
  const different = Object.entries(packages).filter(([path, { dev, license }]) => {
    const file = new URL(`../../${path}/package.json`, import.meta.url)
    if (path === '' || dev === true || !existsSync(file)) return false
    const own: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const told = typeof own === 'object' && own !== null && 'license' in own ? own.license : undefined
    return told !== license
  })
  expect(different).toEqual([])
})

/** The formatter pads tables. */
function squeezed(markdown: string): string {
  return markdown.replace(/-{3,}/g, '---').replace(/ +/g, ' ')
}

// Does compose.yaml open nothing to other machines, and do its replicas share what they must?
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

interface Service {
  readonly profiles?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly networks?: readonly string[]
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly depends_on?: unknown
}
const compose = parse(await readFile(new URL('../../compose.yaml', import.meta.url), 'utf8'), {
  merge: true,
}) as {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: unknown
  readonly volumes: object
}
const { bridge, replica, redis } = compose.services

test('publishes on loopback only, each port once', () => {
  const ports = Object.values(compose.services).flatMap((service) => service.ports ?? [])
  expect(ports).toEqual(['127.0.0.1:8787:8787', '127.0.0.1:8788:8787'])
  expect(redis?.ports).toBeUndefined()
})

test('one bridge without a profile; two, and a Redis of their own, with it', () => {
  expect(Object.keys(compose.services)).toEqual(['bridge', 'replica', 'redis'])
  expect([bridge?.profiles, replica?.profiles, redis?.profiles]).toEqual([
    undefined,
    ['replicas'],
    ['replicas'],
  ])
  const { profiles: _profiles, ports: _ports, ...same } = replica ?? {}
  const { ports: _bridgePorts, ...first } = bridge ?? {}
  expect(same).toEqual(first)
  expect(first.environment?.['BRIDGE_STORE']).toBe('${BRIDGE_STORE:-}')
})

test('its Redis keeps everything that was acknowledged, out of the reach of others', () => {
  expect(redis?.command?.join(' ')).toContain(
    '--appendonly yes --appendfsync always --maxmemory-policy noeviction',
  )
  expect(redis?.volumes).toEqual(['redis:/data'])
  expect(redis?.networks).toEqual(['store'])
  expect(compose.networks).toMatchObject({ store: { internal: true } })
  expect(Object.keys(compose.volumes)).toEqual(['data', 'redis'])
})

test('nothing in it has more rights than it needs', () => {
  for (const service of Object.values(compose.services)) {
    expect([service.read_only, service.cap_drop]).toEqual([true, ['ALL']])
  }
})

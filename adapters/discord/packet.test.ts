// Which packets reach the library, and in what shape?
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readGatewayInformation, repairPacket } from './packet.ts'

test('a READY without servers and with an address that is none can be read', () => {
  const ready = {
    op: 0,
    t: 'READY',
    s: 1,
    d: { user: { id: '1' }, session_id: 's', resume_gateway_url: 'nowhere' },
  }
  expect(repairPacket(ready)).toEqual({
    op: 0,
    t: 'READY',
    s: 1,
    d: { user: { id: '1' }, session_id: 's', guilds: [] },
  })
})

test('what the library takes is left as it is', () => {
  const ready = {
    op: 0,
    t: 'READY',
    s: 1,
    d: {
      user: { id: '1' },
      session_id: 's',
      guilds: [{ id: '2' }],
      resume_gateway_url: 'wss://gateway.example',
    },
  }
  expect(repairPacket(ready)).toEqual(ready)
  const interaction = { op: 0, t: 'INTERACTION_CREATE', s: 2, d: { id: '1' } }
  expect(repairPacket(interaction)).toEqual(interaction)
})

test('names that are none of Discord’s are left out: an emitter throws at "error"', () => {
  expect(repairPacket({ op: 0, t: 'error', d: {} })).toBeNull()
  expect(repairPacket({ op: 0, d: {} })).toBeNull()
  expect(repairPacket(null)).toBeNull()
})

test('whatever comes, the library finds what it reads', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 11 }),
      fc.jsonValue(),
      fc.constantFrom('READY', 'GUILD_CREATE'),
      (op, d, t) => {
        const packet = repairPacket({ op, t, d, s: 1 })
        const data = packet?.['d'] as Record<string, unknown> | boolean | undefined
        if (op === 0) expect(typeof data).toBe('object')
        if (op === 0 && t === 'READY')
          expect(Array.isArray((data as Record<string, unknown>)['guilds'])).toBe(true)
        if (op === 9) expect(typeof data).toBe('boolean')
        if (op === 10) expect((data as Record<string, unknown>)['heartbeat_interval']).toBeGreaterThan(0)
      },
    ),
  )
})

test('a gateway is one whose address can be used; the rest has defaults', () => {
  expect(readGatewayInformation({ url: 'ws://127.0.0.1:1' })).toMatchObject({ shards: 1 })
  expect(readGatewayInformation({ url: 'not an address' })).toBeUndefined()
  expect(readGatewayInformation('<html>')).toBeUndefined()
})

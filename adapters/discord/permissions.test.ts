import { expect, test } from 'vitest'
import { sessions } from './check-gateway.ts'
import { bitsIn, canView, missingIn, toBits, type Standing } from './permissions.ts'

const [VIEW, SEND, EMBED, FILES, HISTORY] = [10n, 11n, 14n, 15n, 16n].map((bit) => 1n << bit)
const ALL = [VIEW, SEND, EMBED, FILES, HISTORY].reduce((all: bigint, bit) => all | (bit ?? 0n), 0n)

function standing(everyone: bigint, ofRole: bigint): Standing {
  return {
    guildId: '1',
    meId: '9',
    roles: ['2'],
    bits: new Map([
      ['1', everyone],
      ['2', ofRole],
    ]),
  }
}
const overwrite = (id: string, allow: bigint, deny: bigint) => ({
  id,
  allow: String(allow),
  deny: String(deny),
})

test('roles add up, and names are those of Discord’s own settings', () => {
  const bits = bitsIn(standing(VIEW ?? 0n, (SEND ?? 0n) | (HISTORY ?? 0n)), undefined)
  expect(missingIn(bits, false)).toEqual(['Embed Links', 'Attach Files'])
  expect(missingIn(bits, true)).toContain('Create Public Threads')
  expect(canView(bits)).toBe(true)
})

test('a channel’s overwrites: everyone’s first, then the roles’, then the bot’s own', () => {
  const channel = {
    permission_overwrites: [
      overwrite('9', SEND ?? 0n, 0n),
      overwrite('2', FILES ?? 0n, SEND ?? 0n),
      overwrite('1', 0n, (FILES ?? 0n) | (VIEW ?? 0n)),
      overwrite('77', 0n, ALL),
    ],
  }
  const bits = bitsIn(standing(ALL, 0n), channel)
  expect(missingIn(bits, false)).toEqual(['View Channels'])
  expect(canView(bits)).toBe(false)
})

test('an administrator lacks nothing, whatever a channel says', () => {
  const bits = bitsIn(standing(0n, 8n), { permission_overwrites: [overwrite('2', 0n, ALL)] })
  expect([missingIn(bits, true), canView(bits)]).toEqual([[], true])
})

test('what is no number has no bits', () => {
  expect([toBits(undefined), toBits('x'), toBits(5), toBits('5')]).toEqual([0n, 0n, 0n, 5n])
})

const limit = (remaining: number) => ({
  shards: 2,
  session_start_limit: { remaining, reset_after: 7_200_000 },
})
test.each([
  [1, 'fault'],
  [10, 'warning'],
  [900, 'ok'],
])('with %d connections left today the gateway is %s', (remaining, verdict) => {
  expect(sessions('discord', limit(remaining)).verdict).toBe(verdict)
})

test('a server that tells nothing of sessions is fine', () => {
  expect(sessions('discord', undefined)).toMatchObject({ verdict: 'ok' })
})

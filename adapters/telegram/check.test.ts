import { expect, test } from 'vitest'
import type { AccountWants } from '../../src/contract/platform.ts'
import { privacy } from './check.ts'
import { answered, isPrivate } from './check-reach.ts'
import { checkServer } from './check-server.ts'
import { called, polled } from './check-updates.ts'
import { readTelegramSettings } from './settings.ts'

const wants = (more: Partial<AccountWants> = {}): AccountWants => ({
  groupTriggers: ['mention'],
  chats: [],
  threads: false,
  rolesWanted: false,
  proxied: false,
  ...more,
})
const verdicts = (
  findings: readonly { readonly verdict: string; readonly subject: string }[],
): readonly string[] => findings.map(({ verdict, subject }) => `${verdict} ${subject}`)

test.each([
  [['always'], 'fault'],
  [['mention', 'reply'], 'warning'],
  [['reply'], 'ok'],
  [[], 'ok'],
] as const)('privacy mode with routes woken by %j is %s', (groupTriggers, verdict) => {
  const me = { can_read_all_group_messages: false }
  expect(privacy('telegram', me, wants({ groupTriggers })).verdict).toBe(verdict)
  const open = { can_read_all_group_messages: true }
  expect(privacy('telegram', open, wants({ groupTriggers })).verdict).toBe('ok')
})

test('a webhook while polling is worse while the bridge runs', () => {
  const set = { url: 'https://other.example/x', pending_update_count: 0 }
  expect(verdicts(polled('telegram', set, wants()))).toEqual(['warning telegram webhook'])
  expect(verdicts(polled('telegram', set, wants({ running: true })))).toEqual(['fault telegram webhook'])
})

test('a second reader is a note where no bridge runs, and updates that wait a warning where one does', () => {
  expect(verdicts(polled('telegram', {}, wants({ running: false })))).toEqual([
    'ok telegram webhook',
    'note telegram second reader',
  ])
  const many = { url: '', pending_update_count: 90 }
  expect(verdicts(polled('telegram', many, wants({ running: true })))).toEqual([
    'ok telegram webhook',
    'warning telegram updates',
  ])
})

const NOW_MS = Date.UTC(2026, 10, 21)
const OURS = 'https://bot.example/webhooks/telegram'
test.each([
  ['ours and well', { url: OURS, pending_update_count: 1 }, undefined, 'ok'],
  ['not set yet', { url: '' }, false, 'ok'],
  ['gone while the bridge runs', { url: '' }, true, 'fault'],
  ['another’s', { url: 'https://other.example/' }, false, 'warning'],
  ['another’s while the bridge runs', { url: 'https://other.example/' }, true, 'fault'],
  [
    'failing now',
    { url: OURS, pending_update_count: 3, last_error_message: 'x', last_error_date: NOW_MS / 1000 - 9 },
    true,
    'warning',
  ],
  [
    'failed long ago',
    { url: OURS, last_error_message: 'x', last_error_date: NOW_MS / 1000 - 90_000 },
    true,
    'note',
  ],
] as const)('a webhook that is %s', (_name, state, running, verdict) => {
  const at = { account: 'telegram', webhookUrl: OURS, nowMs: NOW_MS }
  expect(called(at, state, wants(running === undefined ? {} : { running }))).toMatchObject([{ verdict }])
})

test.each([
  [405, true, 'ok'],
  [502, false, 'note'],
  [502, true, 'warning'],
  [404, true, 'warning'],
  [302, false, 'warning'],
] as const)('a public address that answers %d while running is %s: %s', (status, running, verdict) => {
  expect(answered('x', status, wants({ running }), '/webhooks/telegram').verdict).toBe(verdict)
})

test('addresses that nobody outside reaches are known', () => {
  expect(
    ['10.1.2.3', '127.0.0.1', '192.168.0.9', '172.20.0.1', '::1', 'fd00::1'].filter((one) => !isPrivate(one)),
  ).toEqual([])
  expect(['8.8.8.8', '149.154.167.220', '2001:67c:4e8::1'].filter(isPrivate)).toEqual([])
})

test('files of a server that shares no disk, and a folder that is not there, are faults', async () => {
  const of = (more: object) =>
    checkServer('telegram', readTelegramSettings('telegram', { token: '1:x', ...more }))
  expect(await of({})).toEqual([])
  expect(await of({ localFiles: '/tmp' })).toMatchObject([{ verdict: 'fault' }])
  const apiRoot = 'http://127.0.0.1:8081'
  expect(await of({ apiRoot, localFiles: '/nowhere/at/all' })).toMatchObject([{ verdict: 'fault' }])
  expect(await of({ apiRoot, localFiles: import.meta.dirname })).toMatchObject([{ verdict: 'ok' }])
})

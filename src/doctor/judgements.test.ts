// The judgements that need no machine: from facts to a verdict.

import { expect, test } from 'vitest'
import { judgeSkew } from './clock.ts'
import { judgeLogin } from './login.ts'
import { lookAtProxies, proxiesIn } from './proxy.ts'
import { reachOf, tokenOf } from './server.ts'
import { judgeRedis, judgeRoom, lookAtStore } from './store.ts'
import { createManualClock } from '../../test/support/manual-clock.ts'
import { createQuietLogger } from '../../test/support/quiet-logger.ts'

const never = new AbortController().signal

test.each([
  [0, 'ok', 'is right'],
  [-29_000, 'ok', 'is right'],
  [31_000, 'warning', '31 s ahead'],
  [-180_000, 'warning', '3 min behind'],
  [3_600_000, 'fault', '60 min ahead'],
  [-30 * 3_600_000, 'fault', '30 h behind'],
])('a clock that is %d ms ahead is %s', (skewMs, verdict, words) => {
  const finding = judgeSkew(skewMs)
  expect([finding.verdict, finding.reason]).toEqual([verdict, expect.stringContaining(words)])
})

const MB = 1024 * 1024
test.each([
  [1_000 * MB, 'ok'],
  [100 * MB, 'warning'],
  [5 * MB, 'fault'],
])('%d bytes of room are %s', (freeBytes, verdict) => {
  expect(judgeRoom(freeBytes, '/data').map((finding) => finding.verdict)).toEqual([verdict])
})

test('a Redis that throws records away is a fault, one that writes nothing a warning', () => {
  const verdicts = (habits: Parameters<typeof judgeRedis>[1]['habits']): readonly string[] =>
    judgeRedis('redis://x:6379/0', { habits, promise: 'Kept.' }).map(
      ({ verdict, subject }) => `${verdict} ${subject}`,
    )
  expect(verdicts({ appendOnly: true, appendFsync: 'always', evictionPolicy: 'noeviction' })).toEqual([
    'ok store',
  ])
  expect(verdicts({ appendOnly: true, evictionPolicy: 'allkeys-lru' })).toEqual([
    'ok store',
    'fault store eviction',
  ])
  expect(verdicts({ appendOnly: false, saves: false })).toEqual(['ok store', 'warning store persistence'])
  expect(verdicts({})).toEqual(['ok store'])
})

test('the store’s address that is none says so, and never its password', async () => {
  const world = { clock: createManualClock().clock, log: createQuietLogger(), baseDir: '/' }
  const { findings, running } = await lookAtStore('mysql://me:hunter2@db/1', world)
  expect(findings).toMatchObject([{ verdict: 'fault', remedy: expect.stringContaining('sqlite:') as string }])
  expect(JSON.stringify(findings)).not.toContain('hunter2')
  expect(running).toBe(undefined)
})

test.each([
  ['short', 'warning'],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'warning'],
  ['4f1c9e0b77aa4d3388e2d6c15b90fe21', 'ok'],
])('the admin token %s is %s', (adminToken, verdict) => {
  expect(tokenOf({ host: '127.0.0.1', port: 1, adminToken })).toMatchObject([{ verdict }])
})

test('no admin token is nothing to judge, and an address of one’s own is reached by nobody', () => {
  expect(tokenOf({ host: '0.0.0.0', port: 1 })).toEqual([])
  const adminToken = 'x'
  expect(reachOf({ host: '127.0.0.2', port: 1, adminToken })).toEqual([])
  expect(reachOf({ host: '0.0.0.0', port: 1, adminToken })).toMatchObject([{ verdict: 'note' }])
})

const NOW = Date.UTC(2026, 10, 21)
const DAY = 86_400_000
const good = (endsAtMs?: number, renews = false) =>
  ({ state: 'good', renews, ...(endsAtMs === undefined ? {} : { endsAtMs }) }) as const
test.each([
  ['a personal token without an end', { kind: 'token', token: 'pat_x' }, good(), 'note'],
  ['a playground token', { kind: 'token', token: 'cztei_x' }, good(), 'warning'],
  ['a service token', { kind: 'token', token: 'sat_x' }, good(), 'ok'],
  ['a token that ends in three weeks', { kind: 'token', token: 'pat_x' }, good(NOW + 21 * DAY), 'ok'],
  ['a token that ends in three days', { kind: 'token', token: 'pat_x' }, good(NOW + 3 * DAY), 'warning'],
  ['a token that has ended', { kind: 'token', token: 'pat_x' }, good(NOW - 1), 'fault'],
  ['a login that renews itself', { kind: 'oauth' }, good(NOW + 3 * DAY, true), 'ok'],
  ['a login that is over', { kind: 'oauth' }, { state: 'over', because: 'nobody has logged in' }, 'fault'],
  ['a login nobody can look at', { kind: 'oauth' }, { state: 'unknown', because: 'away' }, 'note'],
  ['a service app', { kind: 'jwt' }, good(), 'ok'],
] as const)('%s', (_name, login, standing, verdict) => {
  expect(judgeLogin(login, standing, NOW)).toMatchObject([{ verdict, subject: 'Coze login' }])
})

test('small letters win among proxies, and their passwords are never said', async () => {
  expect(proxiesIn({ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' })).toEqual([
    { name: 'HTTPS_PROXY', address: 'http://a:1' },
  ])
  const findings = await lookAtProxies({ HTTP_PROXY: 'socks5://me:hunter2@127.0.0.1:1' }, never)
  expect(findings[0]).toMatchObject({ verdict: 'fault', reason: 'HTTP_PROXY is no address of an HTTP proxy' })
  const away = await lookAtProxies({ HTTPS_PROXY: 'http://me:hunter2@127.0.0.1:1' }, never)
  expect(away[0]).toMatchObject({ verdict: 'fault' })
  expect(JSON.stringify([findings, away])).not.toContain('hunter2')
  expect(await lookAtProxies({}, never)).toEqual([])
  expect(await lookAtProxies({ ALL_PROXY: 'http://x:1' }, never)).toMatchObject([{ verdict: 'note' }])
})

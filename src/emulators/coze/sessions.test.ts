// Are logins, cancels, interrupts and quotas kept to the letter?
import { createSign, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { always, defaults } from './index.ts'
import type { CozeEmulator } from './index.ts'
import { objectOf } from './json.ts'
import { asking, dataText, emulator, newConversation, send, spoken } from '../../../test/support/coze-wire.ts'

const NOW_MS = 1_760_000_000_000
const NOW_S = NOW_MS / 1000
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

function signed(claims: object, header: object = {}): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = encode({ alg: 'RS256', typ: 'JWT', kid: 'key1', ...header })
  const base = { iss: 'app1', aud: 'api.coze.cn', iat: NOW_S, exp: NOW_S + 600, jti: 'j1' }
  const text = `${head}.${encode({ ...base, ...claims })}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(keys.privateKey, 'base64url')}`
}

function signIn(coze: CozeEmulator, jwt: string) {
  const body = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', duration_seconds: 900 }
  return send(coze, 'POST', '/api/permission/oauth2/token', body, jwt)
}

test('gives a token for a right JWT once, with an absolute end', async () => {
  let nowMs = NOW_MS
  const oauthApps = { app1: { ownerUid: '41', keyId: 'key1', publicKeyPem: keys.publicKey } }
  const coze = await emulator({ oauthApps, nowMs: () => nowMs })
  const first = await signIn(coze, signed({}))
  expect(first.json).toMatchObject({ expires_in: NOW_S + 900, token_type: 'Bearer' })
  const token = String(first.json['access_token'])
  expect(spoken(await send(coze, 'POST', '/v3/chat', asking('!say hi'), token))).toBe('hi')
  nowMs += 900_000
  expect((await send(coze, 'POST', '/v3/chat', asking('x'), token)).json['code']).toBe(4101)
})

test('refuses a JWT that was used, is late, is meant for others or is not signed', async () => {
  const oauthApps = { app1: { ownerUid: '41', keyId: 'key1', publicKeyPem: keys.publicKey } }
  const coze = await emulator({ oauthApps, nowMs: () => NOW_MS })
  const why = async (jwt: string) => {
    const { status, json } = await signIn(coze, jwt)
    expect([status, json['error_code']]).toEqual([401, 'invalid_client'])
    return json['error_message']
  }
  await signIn(coze, signed({}))
  expect(await why(signed({}))).toBe('the JWT was used before')
  expect(await why(signed({ jti: 'j2', iat: NOW_S - 700, exp: NOW_S - 100 }))).toBe('the JWT has expired')
  expect(await why(signed({ jti: 'j2', aud: 'https://api.coze.cn' }))).toBe('aud is not this host')
  expect(await why(signed({ jti: 'j2' }, { kid: 'other' }))).toBe('kid is not a known key')
  expect(await why(signed({ jti: 'j2', iss: 'other' }))).toBe('iss is not a known app')
  expect(await why(signed({ jti: 'j2' }).slice(0, -8) + 'AAAAAAAA')).toBe('the signature does not match')
})

test('goes on with an open stream after a cancel, but frees and forgets', async () => {
  const coze = await emulator()
  const id = await newConversation(coze)
  coze.setScript(defaults.botId, always({ say: 'before ' }, { waitMs: 60 }, { say: 'after' }))
  const path = `/v3/chat?conversation_id=${id}`
  const streaming = send(coze, 'POST', path, asking('one'))
  await expect.poll(() => coze.store.counts.running).toBe(1)
  const chatId = coze.store.conversations.get(id)?.runningChatId
  await send(coze, 'POST', '/v3/chat/cancel', { conversation_id: id, chat_id: chatId })
  expect(coze.store.conversations.get(id)?.runningChatId).toBeUndefined()
  const streamed = await streaming
  expect(spoken(streamed)).toBe('before after')
  expect(streamed.events.map(({ event }) => event)).not.toContain('conversation.chat.completed')
  coze.clearScripts()
  expect(spoken(await send(coze, 'POST', path, asking('!remember')))).toBe('You said nothing before.')
})

test('ends an open stream at a cancel where it is told to', async () => {
  const coze = await emulator({ cancelledStream: 'ends' })
  const id = await newConversation(coze)
  coze.setScript(defaults.botId, always({ say: 'before' }, { waitMs: 3_600_000 }))
  const streaming = send(coze, 'POST', `/v3/chat?conversation_id=${id}`, asking('one'))
  await expect.poll(() => coze.store.counts.running).toBe(1)
  const chatId = coze.store.conversations.get(id)?.runningChatId
  await send(coze, 'POST', '/v3/chat/cancel', { conversation_id: id, chat_id: chatId })
  expect((await streaming).events.at(-1)?.event).toBe('done')
})

test('hands a plain run its interrupts and resumes it', async () => {
  const coze = await emulator()
  coze.setWorkflowScript(defaults.workflowId, function* () {
    const city = yield { interrupt: { type: 2, data: '{"content":"Which city?"}' } }
    yield { output: { city } }
  })
  const workflow_id = defaults.workflowId
  const run = await send(coze, 'POST', '/v1/workflow/run', { workflow_id })
  const interrupt = objectOf(run.json['interrupt_data'])
  expect(interrupt).toMatchObject({ type: 2, data: '{"content":"Which city?"}' })
  const resume = { workflow_id, event_id: interrupt['event_id'], resume_data: 'Oslo', interrupt_type: 2 }
  const resumed = await send(coze, 'POST', '/v1/workflows/resume', resume)
  expect(resumed.json['data']).toBe('{"city":"Oslo"}')
  expect((await send(coze, 'POST', '/v1/workflows/resume', resume)).json['code']).toBe(4000)
  const path = `/v1/workflows/${workflow_id}/run_histories/${String(resumed.json['execute_id'])}`
  expect((await send(coze, 'GET', path)).json['data']).toMatchObject([{ execute_status: 'Success' }])
})

test('fails a run whose question is asked a fourth time', async () => {
  const coze = await emulator()
  coze.setWorkflowScript(defaults.workflowId, function* () {
    for (;;) yield { interrupt: { type: 2, data: '' } }
  })
  const workflow_id = defaults.workflowId
  let last = await send(coze, 'POST', '/v1/workflow/stream_run', { workflow_id })
  for (let times = 0; times < 3; times++) {
    const data = objectOf(JSON.parse(last.events.at(-1)?.data ?? ''))
    const event_id = objectOf(data['interrupt_data'])['event_id']
    const body = { workflow_id, event_id, resume_data: '?', interrupt_type: 2 }
    last = await send(coze, 'POST', '/v1/workflow/stream_resume', body)
  }
  expect(last.text.startsWith('id: 0\nevent: Error\ndata: {"error_code":720702017')).toBe(true)
})

test('counts every call of a free plan and then refuses', async () => {
  const coze = await emulator({ plan: 'free', limits: { totalCalls: 2 } })
  const body = { workflow_id: defaults.workflowId, is_async: true }
  expect((await send(coze, 'POST', '/v1/workflow/run', body)).json['code']).toBe(6003)
  await newConversation(coze)
  expect((await send(coze, 'POST', '/v3/chat', asking('x'))).json['code']).toBe(4028)
})

test('rates an answer, renames and deletes a conversation', async () => {
  const coze = await emulator()
  const id = await newConversation(coze)
  await send(coze, 'POST', `/v3/chat?conversation_id=${id}`, asking('!say hi'))
  const [question, given] = coze.store.conversations.get(id)?.messages ?? []
  const path = (messageId = '') => `/v1/conversations/${id}/messages/${messageId}/feedback`
  await send(coze, 'POST', path(given?.id), { feedback_type: 'unlike', comment: 'no' })
  expect(given?.feedback).toEqual({ type: 'unlike', comment: 'no' })
  expect((await send(coze, 'POST', path(question?.id), { feedback_type: 'like' })).json['code']).toBe(4000)
  await send(coze, 'DELETE', path(given?.id))
  expect(given?.feedback).toBeUndefined()
  expect(dataText(await send(coze, 'PUT', `/v1/conversations/${id}`, { name: 'Trip' }), 'name')).toBe('Trip')
  await send(coze, 'DELETE', `/v1/conversations/${id}`)
  expect((await send(coze, 'GET', `/v1/conversation/retrieve?conversation_id=${id}`)).json['code']).toBe(4002)
})

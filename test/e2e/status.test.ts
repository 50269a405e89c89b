// Does a running bridge show its owner how it is, and nobody what people write?

import { expect, onTestFinished, test } from 'vitest'
import type { StatusReport } from '../../src/server/status/report.ts'
import { openE2eStage, until, type E2eStage } from '../support/e2e-stage.ts'
import { newcomer, say, shows, wholeAnswer } from '../support/e2e-talk.ts'
import { startTraceCollector } from '../support/trace-collector.ts'

const TOKEN = 'an-admin-token-of-the-owner'
const MARKER = 'pineapple-under-the-palm'

async function openStage(env: Readonly<Record<string, string>> = {}): Promise<E2eStage> {
  const stage = await openE2eStage({ env: { BRIDGE_ADMIN_TOKEN: TOKEN, ...env } })
  onTestFinished(() => stage.close())
  return stage
}

interface Visit {
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

/** Every answer is kept, to be searched at the end. */
function visitorOf(stage: E2eStage) {
  const address = String(stage.log.find(({ message }) => message === 'ready')?.['address'])
  const seen: string[] = []
  return {
    seen,
    async visit({ path, method = 'GET', headers = {}, form }: Visit) {
      const response = await fetch(`${address}${path}`, {
        method,
        headers,
        redirect: 'manual',
        ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      })
      const body = await response.text()
      seen.push(body, JSON.stringify([...response.headers]))
      return { status: response.status, headers: response.headers, body }
    },
  }
}

test('people log in and see platforms, replies in progress and failures with their logid; never what was written', async () => {
  const stage = await openStage()
  const ann = newcomer(stage, 'Annabella')
  await wholeAnswer(stage, say(stage, ann, `!say the first ${MARKER}`))
  const failing = say(stage, ann, `${MARKER} !fail 5000`)
  await until(stage, 'the failure is told', () =>
    stage.log.some(({ message }) => message === 'the assistant failed'),
  )
  const { visit, seen } = visitorOf(stage)

  const stranger = await visit({ path: '/status', headers: { 'accept-language': 'zh-CN,en;q=0.5' } })
  expect([stranger.status, stranger.body]).toEqual([401, expect.stringContaining('管理令牌')])
  expect(stranger.body).not.toContain('telegram')
  const wrong = await visit({ path: '/status/login', method: 'POST', form: { token: 'not it at all' } })
  expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null])
  const elsewhere = { 'sec-fetch-site': 'cross-site' }
  const forged = {
    path: '/status/login',
    method: 'POST',
    headers: elsewhere,
    form: { token: TOKEN },
  } as const
  expect((await visit(forged)).status).toBe(403)

  const login = await visit({ path: '/status/login', method: 'POST', form: { token: TOKEN } })
  const cookie = login.headers.get('set-cookie') ?? ''
  expect([login.status, login.headers.get('location')]).toEqual([303, '../status'])
  expect(cookie).toMatch(/^bridge_session=[\w-]{43}; .*HttpOnly; SameSite=Strict$/)
  const known = { cookie: cookie.split(';')[0] ?? '' }

  const slow = say(stage, ann, `${MARKER} !slow 60000`)
  await until(stage, 'it is being answered', () =>
    stage.telegram.screen(slow.chatId).some(({ byBot, messageId }) => byBot && messageId > slow.messageId),
  )
  const page = await visit({ path: '/status', headers: known })
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(page.headers.get('content-security-policy')).not.toContain('unsafe-inline')
  expect(page.body).toMatch(/telegram<\/th>\s*<td[^>]*><span class="pill up">/)
  expect(page.body).toContain('the assistant failed')
  expect(page.body).toContain('being written')
  expect(page.body).toContain('<svg class="plot"')
  expect(page.body).not.toMatch(/ style=|<style|<script>| on\w+="/)
  for (const file of ['style.css', 'refresh.mjs']) {
    expect((await visit({ path: `/status/${file}` })).status).toBe(200)
  }

  expect((await visit({ path: '/status.json', headers: known })).status).toBe(401)
  const json = await visit({ path: '/status.json', headers: { authorization: `Bearer ${TOKEN}` } })
  const report = JSON.parse(json.body) as StatusReport
  const logid = stage.log.find(({ message }) => message === 'the assistant failed')?.['logid']
  expect(logid).toMatch(/\w{8}/)
  expect(page.body).toContain(String(logid))
  expect(report.faults).toContainEqual(
    expect.objectContaining({ what: 'the assistant failed', code: '5000', logid, account: 'telegram' }),
  )
  expect(report).toMatchObject({
    state: 'running',
    platforms: [{ account: 'telegram', role: 'serves', state: 'up' }],
    coze: { state: 'up' },
    turns: { open: 1, active: [{ account: 'telegram', phase: 'writing', chatKind: 'direct' }] },
    hour: [{ account: 'telegram', firstText: { count: expect.any(Number) as number } }],
    store: { kind: 'sqlite' },
    config: { source: 'environment' },
  })
  expect(report.hour[0]?.reply.count).toBeGreaterThan(0)
  expect(report.tokens.lastHour).toBeGreaterThan(0)

  const metrics = await visit({ path: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } })
  expect(metrics.body).toMatch(/bridge_first_text_seconds_count\{platform="telegram"\} [1-9]/)
  expect(metrics.body).toMatch(/bridge_platform_up\{account="telegram"\} 1/)
  expect(metrics.body).toMatch(/bridge_journal_write_seconds_count [1-9]/)

  expect((await visit({ path: '/status/logout', method: 'POST', headers: known })).status).toBe(303)
  expect((await visit({ path: '/status', headers: known })).status).toBe(401)
  for (const private_ of [MARKER, 'Annabella', `:${ann.id}:`, TOKEN]) {
    expect(seen.join('\n')).not.toContain(private_)
  }
  expect(stage.output).not.toContain(MARKER)
  expect(failing.messageId).toBeGreaterThan(0)
})

test('a bridge that has started is alive and ready, also to whoever has no token', async () => {
  const stage = await openStage()
  const { visit } = visitorOf(stage)
  expect((await visit({ path: '/healthz' })).status).toBe(200)
  expect(JSON.parse((await visit({ path: '/readyz' })).body)).toEqual({ status: 'ready', reasons: [] })
  await shows(stage, say(stage, newcomer(stage), '!say ready'), 'ready')
})

test('where somebody collects traces, a question is one trace from its message to its last edit, of ids alone', async () => {
  const collector = await startTraceCollector()
  onTestFinished(() => collector.close())
  const stage = await openStage({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  const ann = newcomer(stage, 'Annabella')
  await wholeAnswer(stage, say(stage, ann, `${MARKER} !long 900`))
  // What is left is sent before the process ends.
  expect(await stage.bridge.stop()).toBe(0)

  const roots = collector.spans.filter(
    ({ parentSpanId }) => parentSpanId === undefined || parentSpanId === '',
  )
  expect(roots).toHaveLength(1)
  const [root] = roots
  expect(root).toMatchObject({
    name: 'turn',
    attributes: { 'bridge.account': 'telegram', 'bridge.chat_kind': 'direct', 'bridge.outcome': 'answered' },
  })
  const children = collector.spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId)
  expect(children.map(({ name }) => name)).toEqual([
    'waiting in line',
    'preparing',
    'asking Coze',
    'streaming',
    'finishing',
  ])
  expect(collector.spans).toHaveLength(6)
  expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1)
  const events = children.flatMap((span) => span.events.map(({ name }) => name))
  expect(events).toContain('started')
  expect(events.filter((name) => name !== 'begun' && name !== 'started').length).toBe(
    Number(root?.attributes['bridge.posts']) + Number(root?.attributes['bridge.edits']),
  )
  expect(Number(root?.attributes['bridge.posts'])).toBeGreaterThan(0)
  for (const private_ of [MARKER, 'Annabella', `:${ann.id}:`, `"${ann.id}"`])
    expect(collector.raw).not.toContain(private_)
})

test('a collector that is away costs no reply and no stop', async () => {
  const stage = await openStage({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  await wholeAnswer(stage, say(stage, newcomer(stage), '!say all the same'))
  expect(await stage.bridge.stop()).toBe(0)
})

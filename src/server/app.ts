// What answers under which path? Health for whoever runs it, numbers for Prometheus, webhooks for platforms.

import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Health, RawRequest, Webhook } from '../contract/platform.ts'
import type { Logger } from '../contract/runtime.ts'

export interface ServerParts {
  readonly log: Logger
  /** By account. */
  readonly health: () => Readonly<Record<string, Health>>
  /** Why the store cannot be written to; undefined when it can. May block a moment. */
  readonly storeFault?: () => Promise<string | undefined>
  /** Absent: there is no /metrics. */
  readonly metrics?: { text(): Promise<string>; readonly contentType: string }
  readonly webhooks: readonly Webhook[]
  /** How long a webhook may take; then it is answered 503, and the platform offers the event again. */
  readonly deadlineMs?: number
}

/** An update with everything in it is far smaller. */
const MAX_BODY_BYTES = 1_048_576
/** Under what platforms wait: Telegram about a minute, Feishu 3 s for most (each adapter answers far sooner). */
const DEADLINE_MS = 20_000

/** Pure of sockets: tests call `app.request(...)`. */
export function createApp(parts: ServerParts): Hono {
  const { health, storeFault, metrics, webhooks, log, deadlineMs = DEADLINE_MS } = parts
  const app = new Hono()

  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const platforms = health()
    const reasons = Object.entries(platforms).flatMap(([account, state]) => {
      if (state.state === 'up') return []
      return [`${account} is ${state.state}${'because' in state ? `: ${state.because}` : ''}`]
    })
    const fault = await storeFault?.()
    if (fault !== undefined) reasons.push(`the store cannot be written: ${fault}`)
    return c.json(
      { status: reasons.length === 0 ? 'ready' : 'not ready', reasons },
      reasons.length === 0 ? 200 : 503,
    )
  })
  if (metrics) {
    app.get('/metrics', async (c) =>
      c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
    )
  }

  const byPath = new Map(webhooks.map((webhook) => [webhook.path, webhook]))
  const limit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => c.text('too large', 413) })
  app.all('/webhooks/*', limit, async (c) => {
    const webhook = byPath.get(pathBelowWebhooks(c.req.path))
    if (webhook === undefined) return c.text('nothing here', 404)
    return callWebhook(webhook, c, deadlineMs, log)
  })
  app.notFound((c) => c.text('nothing here', 404))
  app.onError((error, c) => {
    log.error(
      { path: c.req.path.startsWith('/webhooks/') ? '/webhooks/…' : c.req.path },
      'a request failed',
      error,
    )
    return c.text('an internal fault', 500)
  })
  return app
}

async function callWebhook(webhook: Webhook, c: Context, deadlineMs: number, log: Logger): Promise<Response> {
  const deadline = AbortSignal.timeout(deadlineMs)
  const request: RawRequest = {
    method: c.req.method,
    headers: Object.fromEntries(c.req.raw.headers),
    query: c.req.query(),
    body: new Uint8Array(await c.req.arrayBuffer()),
  }
  const tooLate = new Promise<undefined>((resolve) => {
    deadline.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  const answer = await Promise.race([webhook.handle(request, deadline), tooLate])
  if (answer === undefined) {
    log.warn({ deadlineMs }, 'a webhook took too long and was answered 503')
    return c.text('try again', 503)
  }
  return new Response(answer.body ?? null, {
    status: answer.status,
    ...(answer.headers ? { headers: answer.headers } : {}),
  })
}

function pathBelowWebhooks(path: string): string {
  return path.slice('/webhooks/'.length).replace(/\/+$/, '')
}

// What answers under which path? Health for whoever runs it, numbers for Prometheus, webhooks for platforms.
//
// /healthz, /readyz and webhooks are for everybody; all else, also what is not there, asks for the admin token.

import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Health, RawRequest, Webhook } from '../contract/platform.ts'
import type { Logger } from '../contract/runtime.ts'
import { readBody } from './body.ts'
import { adminsOnly, isAdmin, withoutIds } from './guard.ts'
import { addStatusPage, isPagePath, PAGE_POLICY, type StatusParts } from './status/routes.ts'
import type { Vitals } from './vitals.ts'

export interface ServerParts {
  readonly log: Logger
  /** By account; what else is worth knowing stands beside them, by its name. */
  readonly health: () => Readonly<Record<string, Health>>
  /** Why the store cannot be written to; undefined when it can. May block a moment. */
  readonly storeFault?: () => Promise<string | undefined>
  /** Of whom we ask: nothing is refused because it is down, but it is said. */
  readonly upstream?: () => Readonly<Record<string, Health>>
  /** Absent: running. Before and after that nothing is taken. */
  readonly state?: () => 'starting' | 'running' | 'stopping'
  /** What only a restart would mend. */
  readonly vitals?: Vitals
  /** Absent: there is no status page. */
  readonly status?: StatusParts
  /** Absent: there is no /metrics. */
  readonly metrics?: { text(): Promise<string>; readonly contentType: string }
  /** Looked at with each request: accounts come and go. */
  readonly webhooks: readonly Webhook[]
  /** How long a webhook may take; then it is answered 503, and the platform offers the event again. */
  readonly deadlineMs?: number
  /** Asked for as `Authorization: Bearer <token>`. Absent: nobody gets in. */
  readonly adminToken?: string
  /** Takes secrets out of what is told of health and numbers. */
  readonly scrub?: (text: string) => string
}

/** An update with everything in it is far smaller. */
const MAX_BODY_BYTES = 1_048_576
/** Under what platforms wait: Telegram about a minute, Feishu 3 s for most (each adapter answers far sooner). */
const DEADLINE_MS = 20_000

/** But for the status page nothing of this is a page: no browser shall guess, run, frame or keep it. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** Pure of sockets: tests call `app.request(...)`. */
export function createApp(parts: ServerParts): Hono {
  const { metrics, log, deadlineMs = DEADLINE_MS, adminToken, scrub = (text: string) => text } = parts
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value)
    if (isPagePath(c.req.path)) c.res.headers.set('content-security-policy', PAGE_POLICY)
  })

  app.get('/healthz', (c) => {
    const fault = parts.vitals?.fault()
    if (fault === undefined) return c.json({ status: 'ok' })
    log.error({ because: fault }, 'the process is stuck: a restart is due')
    return c.json({ status: 'stuck', because: withoutIds(scrub(fault)) }, 503)
  })
  app.get('/readyz', async (c) => {
    const cleaned = (told: readonly string[]): readonly string[] =>
      told.map(scrub).map((one) => (isAdmin(c, adminToken) ? one : withoutIds(one)))
    const found = await readiness(parts)
    const [reasons, warnings] = [cleaned(found.reasons), cleaned(found.warnings)]
    return c.json(
      {
        status: reasons.length === 0 ? 'ready' : 'not ready',
        reasons,
        ...(warnings.length === 0 ? {} : { warnings }),
      },
      reasons.length === 0 ? 200 : 503,
    )
  })

  app.all('/webhooks/*', async (c) => {
    const wanted = pathBelowWebhooks(c.req.path)
    const webhook = parts.webhooks.find(({ path }) => path === wanted)
    if (webhook === undefined) return c.text('nothing here', 404)
    return callWebhook(webhook, c, deadlineMs, log)
  })

  const { status } = parts
  if (status && adminToken !== undefined) addStatusPage(app, status, adminToken, scrub)
  app.use(adminsOnly(adminToken))
  if (status) {
    app.get('/status.json', async (c) =>
      c.body(scrub(JSON.stringify(await status.report())), 200, { 'content-type': 'application/json' }),
    )
  }
  if (metrics) {
    app.get('/metrics', async (c) =>
      c.body(scrub(await metrics.text()), 200, { 'content-type': metrics.contentType }),
    )
  }
  app.notFound((c) => c.text('nothing here', 404))
  app.onError((error, c) => {
    log.error({ path: knownPath(c.req.path) }, 'a request failed', error)
    return c.text('an internal fault', 500)
  })
  return app
}

interface Readiness {
  /** Why nothing can be taken. */
  readonly reasons: readonly string[]
  /** What is down beside what works: there questions wait, or somebody else's platform is away. */
  readonly warnings: readonly string[]
}

/** Ready means: what comes is taken, and safe. */
async function readiness({ health, upstream, storeFault, state }: ServerParts): Promise<Readiness> {
  const now = state?.() ?? 'running'
  const platforms = health()
  const down = downIn(platforms)
  const isAnyUp = down.length < Object.keys(platforms).length
  const fault = await storeFault?.()
  return {
    reasons: [
      ...(now === 'running' ? [] : [`the bridge is ${now}`]),
      ...(isAnyUp ? [] : down),
      ...(fault === undefined ? [] : [`the store cannot be written: ${fault}`]),
    ],
    warnings: [...(isAnyUp ? down : []), ...downIn(upstream?.() ?? {})],
  }
}

function downIn(states: Readonly<Record<string, Health>>): readonly string[] {
  return Object.entries(states).flatMap(([name, health]) => {
    if (health.state === 'up') return []
    return [`${name} is ${health.state}${'because' in health ? `: ${health.because}` : ''}`]
  })
}

async function callWebhook(webhook: Webhook, c: Context, deadlineMs: number, log: Logger): Promise<Response> {
  const deadline = AbortSignal.timeout(deadlineMs)
  const read = await readBody(c.req.raw, MAX_BODY_BYTES)
  if (read.body === undefined) {
    return read.problem === 'too large' ? c.text('too large', 413) : c.text('the request broke off', 400)
  }
  const request: RawRequest = {
    method: c.req.method,
    headers: Object.fromEntries(c.req.raw.headers),
    query: c.req.query(),
    body: read.body,
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

/** What a stranger writes into the address does not get into the log. */
function knownPath(path: string): string {
  if (path.startsWith('/webhooks/')) return '/webhooks/…'
  return ['/healthz', '/readyz', '/metrics', '/status', '/status.json'].includes(path) ? path : '…'
}

// How do updates reach a webhook? One line per chat, retried until answered 2xx, an answer's method executed.
import { argsOf, isObject, type Args } from './args.ts'
import { badRequest, conflict } from './errors.ts'
import type { Json, Update } from './types.ts'
import type { UpdateQueue } from './updates.ts'
import type { Methods } from './world.ts'

export interface Webhook {
  readonly methods: Methods
  readonly isActive: () => boolean
  close(): void
}

interface Hook {
  readonly url: string
  readonly secret: string | undefined
  readonly maxConnections: number
  readonly lines: Map<string, Update[]>
  readonly stop: AbortController
  running: number
  lastError: { readonly dateSeconds: number; readonly message: string } | undefined
}

export interface WebhookOptions {
  readonly queue: UpdateQueue
  /** The wait before the second retry (2,000 for the real server); it doubles up to 60 times this. */
  readonly retryMs: number
  /** Runs the method a webhook answered with. */
  readonly execute: (method: string, args: Args) => Promise<unknown>
}

const REPLY_DEADLINE_MS = 60_000

export function createWebhook({ queue, retryMs, execute }: WebhookOptions): Webhook {
  let hook: Hook | undefined
  const active = new WeakSet<Update[]>()

  const drop = (): void => {
    hook?.stop.abort()
    hook = undefined
  }
  const admit = (update: Update): void => {
    if (hook === undefined) return
    const key = lineOf(update)
    const line = hook.lines.get(key)
    if (line !== undefined) {
      line.push(update)
      return
    }
    hook.lines.set(key, [update])
    startLines(hook)
  }
  const startLines = (current: Hook): void => {
    for (const [key, line] of current.lines) {
      if (current.running >= current.maxConnections) return
      if (active.has(line)) continue
      active.add(line)
      current.running += 1
      void serve(current, key, line)
    }
  }

  /** One chat's updates, in order; the next goes only when the one before was answered. */
  const serve = async (current: Hook, key: string, line: Update[]): Promise<void> => {
    for (let update = line[0]; update !== undefined; update = line[0]) {
      const delivered = await deliver(current, update)
      if (!delivered) return
      queue.settle(update.update_id)
      line.shift()
    }
    current.lines.delete(key)
    current.running -= 1
    startLines(current)
  }

  const deliver = async (current: Hook, update: Update): Promise<boolean> => {
    for (let attempt = 0; !current.stop.signal.aborted; attempt += 1) {
      const failure = await tryOnce(current, update)
      if (failure === undefined) return true
      current.lastError = { dateSeconds: Math.floor(Date.now() / 1000), message: failure.message }
      const backoffMs = attempt === 0 ? 0 : Math.min(retryMs * 2 ** (attempt - 1), retryMs * 60)
      await pause(Math.max(backoffMs, failure.retryAfterMs), current.stop.signal)
    }
    return false
  }

  const tryOnce = async (
    current: Hook,
    update: Update,
  ): Promise<{ readonly message: string; readonly retryAfterMs: number } | undefined> => {
    try {
      const response = await fetch(current.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(current.secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': current.secret }),
        },
        body: JSON.stringify(update),
        signal: AbortSignal.any([current.stop.signal, AbortSignal.timeout(REPLY_DEADLINE_MS)]),
      })
      const body = await response.text()
      if (!response.ok) {
        const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1000
        const message = `Wrong response from the webhook: ${response.status} ${response.statusText}`
        return { message, retryAfterMs: Number.isNaN(retryAfterMs) ? 0 : Math.min(retryAfterMs, 3_600_000) }
      }
      await runAnswer(body)
      return undefined
    } catch {
      return { message: 'Connection failed', retryAfterMs: 0 }
    }
  }

  /** Results and errors of an answered method are invisible to the bot. */
  const runAnswer = async (body: string): Promise<void> => {
    const answer = readAnswer(body)
    const method = answer?.['method']
    if (answer === undefined || typeof method !== 'string') return
    if (/^(?:get|setwebhook$|deletewebhook$|close$|logout$)/i.test(method)) return
    const { method: _, ...payload } = answer
    await execute(method, argsOf(payload)).catch(() => undefined)
  }

  queue.onEnqueued(admit)
  return {
    isActive: () => hook !== undefined,
    close: drop,
    methods: {
      setWebhook: (args) => {
        const url = args.text('url') ?? ''
        const secret = args.text('secret_token')
        if (secret !== undefined && !/^[\w-]{0,256}$/.test(secret)) {
          throw badRequest('secret token contains unallowed characters')
        }
        if (url !== '' && !/^https?:\/\/\S+$/.test(url)) throw badRequest('bad webhook: URL host is empty')
        allowFrom(queue, args)
        drop()
        queue.interrupt(conflict('terminated by setWebhook request'))
        if (args.flag('drop_pending_updates')) queue.dropPending()
        if (url === '') return true
        hook = {
          url,
          secret: secret === '' ? undefined : secret,
          maxConnections: Math.min(Math.max(args.integer('max_connections') ?? 40, 1), 100),
          lines: new Map(),
          stop: new AbortController(),
          running: 0,
          lastError: undefined,
        }
        for (const update of queue.pending()) admit(update)
        return true
      },
      deleteWebhook: (args) => {
        drop()
        if (args.flag('drop_pending_updates')) queue.dropPending()
        return true
      },
      getWebhookInfo: () => ({
        url: hook?.url ?? '',
        has_custom_certificate: false,
        pending_update_count: queue.pendingCount,
        ...(hook === undefined ? {} : { max_connections: hook.maxConnections, ip_address: '127.0.0.1' }),
        ...(hook?.lastError === undefined
          ? {}
          : { last_error_date: hook.lastError.dateSeconds, last_error_message: hook.lastError.message }),
        ...(queue.allowed === undefined || queue.allowed.length === 0
          ? {}
          : { allowed_updates: queue.allowed }),
      }),
    },
  }
}

/** `getUpdates`, refused while a webhook is set. */
export function pollingMethods(queue: UpdateQueue, isActive: () => boolean): Methods {
  return {
    getUpdates: (args, _world, signal) => {
      if (isActive()) {
        throw conflict(
          "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )
      }
      const allowedUpdates = readTypes(args)
      return queue.poll(
        {
          offset: args.integer('offset') ?? 0,
          limit: args.integer('limit') ?? 100,
          timeoutSeconds: args.integer('timeout') ?? 0,
          allowedUpdates,
        },
        signal,
      )
    },
    logOut: () => true,
    close: () => true,
  }
}

/** Messages of a chat wait for one another; presses, reactions and the rest have lines of their own. */
function lineOf(update: Update): string {
  const [type, content] = Object.entries(update).find(([key]) => key !== 'update_id') ?? ['', undefined]
  const id = chatOf(content)?.['id']
  const isMessage = /message$|post$/.test(type)
  return `${isMessage ? 'message' : type}:${typeof id === 'number' ? id : update.update_id}`
}

function chatOf(content: unknown): Json | undefined {
  if (!isObject(content)) return undefined
  if (isObject(content['chat'])) return content['chat']
  const message = content['message']
  return isObject(message) && isObject(message['chat']) ? message['chat'] : undefined
}

function allowFrom(queue: UpdateQueue, args: Args): void {
  const types = readTypes(args)
  if (types !== undefined) queue.allow(types)
}

function readTypes(args: Args): readonly string[] | undefined {
  const given = args.json('allowed_updates')
  return Array.isArray(given) ? given.map(String) : undefined
}

function readAnswer(body: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

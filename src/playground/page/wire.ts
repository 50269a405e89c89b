// What goes over the wire? Each call of the bridge and each push to it, as one line; told in bundles.
//
// No host, no secret and no text: paths with their ids shortened, counts of characters, times.

import type { CozeEmulatorOptions } from '../../emulators/coze/index.ts'
import type { EmulatorOptions } from '../seats.ts'
import { isJson, textIn } from './blocks/json.ts'
import type { PageCall } from './protocol.ts'

export interface Wire {
  /** The newest ones, oldest first. */
  readonly calls: readonly PageCall[]
  /** What the emulators are started with, so that they tell of their calls. */
  readonly emulators: EmulatorOptions
  readonly coze: Pick<CozeEmulatorOptions, 'observeCall' | 'observeEvent'>
  close(): void
}

const CALLS_KEPT = 600
/** A page draws no faster. */
const BUNDLE_MS = 40
/** Pieces of streams come by the dozen: those of so long are one line. */
const DELTAS_MS = 200
/** Polls tell nothing: what they bring stands there by itself. */
const UNTOLD = new Set(['getUpdates'])

export function createWire(tell: (calls: readonly PageCall[]) => void): Wire {
  const calls: PageCall[] = []
  let bundle: PageCall[] = []
  let timer: NodeJS.Timeout | undefined
  const deltas = new Map<string, { readonly count: number; readonly chars: number }>()
  let deltaTimer: NodeJS.Timeout | undefined
  let nextId = 1
  const add = (call: Omit<PageCall, 'id'>): void => {
    const whole = { id: nextId, ...call }
    nextId += 1
    calls.push(whole)
    if (calls.length > CALLS_KEPT * 1.25) calls.splice(0, calls.length - CALLS_KEPT)
    bundle.push(whole)
    timer ??= setTimeout(() => {
      timer = undefined
      const told = bundle
      bundle = []
      tell(told)
    }, BUNDLE_MS).unref()
  }
  const pushed = (from: PageCall['with'], method: string, path: string, content: unknown): void => {
    const chars = charsIn(content)
    add({
      with: from,
      direction: 'in',
      method,
      path: cleanPath(path),
      atMs: Date.now(),
      ...(chars === 0 ? {} : { chars }),
    })
  }
  const delta = (event: string, chars: number): void => {
    const before = deltas.get(event)
    deltas.set(event, { count: (before?.count ?? 0) + 1, chars: (before?.chars ?? 0) + chars })
    deltaTimer ??= setTimeout(() => {
      deltaTimer = undefined
      for (const [path, all] of deltas)
        add({
          with: 'coze',
          direction: 'in',
          method: 'delta',
          path: all.count === 1 ? path : `${path} × ${all.count}`,
          atMs: Date.now(),
          chars: all.chars,
        })
      deltas.clear()
    }, DELTAS_MS).unref()
  }
  const called = (
    to: PageCall['with'],
    call: {
      readonly method: string
      readonly path: string
      readonly status: number
      readonly receivedAtPerfMs: number
      readonly payload: unknown
      readonly retryAfterMs?: number | undefined
    },
  ): void => {
    const { method, path, status, receivedAtPerfMs, payload, retryAfterMs } = call
    const chars = charsIn(payload)
    add({
      with: to,
      direction: 'out',
      method,
      path: cleanPath(path),
      atMs: performance.timeOrigin + receivedAtPerfMs,
      tookMs: Math.round((performance.now() - receivedAtPerfMs) * 10) / 10,
      status,
      ...(chars === 0 ? {} : { chars }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
  }
  return {
    calls,
    emulators: {
      discord: {
        maxFrames: KEPT,
        maxCalls: KEPT,
        observe: (call) =>
          called('discord', { ...call, retryAfterMs: secondsIn(call.response, 'retry_after') }),
        observePush: (event, data) => pushed('discord', 'event', event, data),
      },
      telegram: {
        maxFrames: KEPT,
        maxCalls: KEPT,
        observe(call) {
          if (UNTOLD.has(call.method)) return
          const retryAfterMs = secondsIn(call.response['parameters'], 'retry_after')
          called('telegram', { ...call, method: 'POST', path: `/${call.method}`, retryAfterMs })
        },
        observePush: (update) =>
          pushed('telegram', 'update', Object.keys(update).find((key) => key !== 'update_id') ?? '', update),
      },
      feishu: {
        maxFrames: KEPT,
        maxCalls: KEPT,
        observe: (call) => called('feishu', call),
        observePush: ({ eventType, body }) => pushed('feishu', 'event', eventType, body),
      },
    },
    coze: {
      observeCall: (call) => called('coze', { ...call, payload: call.requestBody }),
      observeEvent({ event, data }) {
        const content = parsed(data)
        if (event.endsWith('.delta') || event === 'Message') delta(event, charsIn(content))
        else pushed('coze', 'event', event, content)
      },
    },
    close() {
      clearTimeout(timer)
      clearTimeout(deltaTimer)
    },
  }
}

/** Of the emulators' own records: the page keeps what it shows. */
const KEPT = 5_000

function secondsIn(value: unknown, name: string): number | undefined {
  const seconds = isJson(value) ? value[name] : undefined
  return typeof seconds === 'number' ? seconds * 1_000 : undefined
}

/**
 * Without what opens something: tokens of bots and interactions, signatures, long ids.
 * `/webhooks/11…/abc…/messages/@original` → `/webhooks/…11/…/messages/@original`.
 */
export function cleanPath(path: string): string {
  return path
    .replace(/[?#].*$/, '')
    .split('/')
    .map((part) => {
      if (/^[A-Za-z]+(?:[._-][A-Za-z]+)*$/.test(part) && part.length <= 40) return part
      if (/^v\d{1,2}$/.test(part) || part.startsWith('@') || part.length <= 8) return part
      return `…${/^\d+$/.test(part) ? part.slice(-4) : ''}`
    })
    .join('/')
    .slice(0, 120)
}

/** Of words for people; ids and structure do not count. */
function charsIn(value: unknown, depth = 0): number {
  if (depth > 8 || typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value))
    return (value as readonly unknown[]).reduce<number>((sum, one) => sum + charsIn(one, depth + 1), 0)
  return Object.entries(value).reduce((sum, [name, inner]) => {
    if (typeof inner !== 'string') return sum + charsIn(inner, depth + 1)
    if (!TEXTS.has(name)) return sum
    const nested = /^[[{]/.test(inner) ? parsed(inner) : undefined
    return sum + (typeof nested === 'object' ? charsIn(nested, depth + 1) : textIn(inner).length)
  }, 0)
}

const TEXTS = new Set([
  'content',
  'text',
  'caption',
  'card',
  'element',
  'data',
  'reasoning_content',
  'markdown',
])

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

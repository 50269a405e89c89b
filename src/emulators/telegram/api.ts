// How is one method call carried out? Looked up in any case, paid for from its flood budget, run.
import type { Args } from './args.ts'
import { ApiError } from './errors.ts'
import { floodKindOf, type Flood } from './flood.ts'
import type { Json } from './types.ts'
import type { Methods, World } from './world.ts'

/** A finished call, whichever way it came. Given to `observe`. */
export interface TelegramExchange {
  readonly method: string
  /** As received: JSON values, or strings where the encoding knows nothing else. */
  readonly payload: Json
  readonly encoding: 'none' | 'json' | 'form' | 'multipart'
  readonly status: number
  /** The body as answered: `{ok, result}` or `{ok, error_code, description, parameters}`. */
  readonly response: Json
  readonly atMs: number
  /** When the whole request was here, on the emulator's `performance.now()`. */
  readonly receivedAtPerfMs: number
}

export interface Api {
  run(method: string, args: Args, signal: AbortSignal): Promise<unknown>
}

export function createApi(world: World, flood: Flood, methods: Methods): Api {
  const table = new Map(Object.entries(methods).map(([name, method]) => [name.toLowerCase(), method]))
  return {
    async run(method, args, signal) {
      const name = method.toLowerCase()
      const found = table.get(name)
      if (found === undefined) throw new ApiError(404, 'Not Found: method not found')
      const kind = floodKindOf(name)
      const chatId = args.integer('chat_id')
      if (kind !== undefined && chatId !== undefined)
        flood.take(kind, chatId, costOf(name, args), world.nowMs())
      return found(args, world, signal)
    },
  }
}

/** The body of a success. */
export function successBody(result: unknown): Json {
  return { ok: true, result }
}

/** The body of a refusal; what is no ApiError is a fault of the emulator and says so. */
export function failureBody(error: unknown): { readonly status: number; readonly body: Json } {
  const known =
    error instanceof ApiError ? error : new ApiError(500, `Internal Server Error: ${String(error)}`)
  const parameters = known.parameters === undefined ? {} : { parameters: known.parameters }
  return {
    status: known.code,
    body: { ok: false, error_code: known.code, description: known.message, ...parameters },
  }
}

/** An album counts as its items. */
function costOf(name: string, args: Args): number {
  const media = name === 'sendmediagroup' ? args.json('media') : undefined
  return Array.isArray(media) ? media.length : 1
}

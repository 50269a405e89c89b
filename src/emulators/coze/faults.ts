// Which faults does a request meet?

/**
 * Everything that can be made to go wrong with one exchange; fields combine. Offsets are counted per exchange.
 * "Stored" faults let the server do its work: a cut stream's chat still completes.
 */
export interface Fault {
  // Before anything is read or stored.
  /** The socket is destroyed: nothing was stored. */
  readonly refuse?: boolean
  // While the request's body comes in; nothing is stored unless it is whole.
  /** The connection is reset after so many bytes of the body. */
  readonly breakAfterBytes?: number
  /** Reads on only when a test opens the gate: `emulator.release(gate)`; `emulator.held(gate)` counts who waits. */
  readonly holdBody?: { readonly gate: string; readonly afterBytes?: number }
  /** Reads the body no faster. */
  readonly readBytesPerS?: number
  // Instead of handling the request.
  /** An answer of the gateway, e.g. 502 with HTML. */
  readonly status?: number
  readonly body?: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A JSON error `{code,msg}`, with `status` (default 200). */
  readonly code?: number
  readonly msg?: string
  /** Never answers. */
  readonly hang?: boolean
  /** A chat that nobody sees runs in the conversation until it is cancelled: 4016. */
  readonly busyUntilCancelled?: boolean
  // After handling.
  readonly headersDelayMs?: number
  /** The request is handled and stored, then the connection is reset without an answer. */
  readonly resetAfterStored?: boolean
  // How bytes are written.
  /** Every so many bytes a separate write, also inside a UTF-8 character. */
  readonly splitBytes?: number
  /** A slow-loris answer of any kind: so many bytes at a time, with a pause after each. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number }
  /** Streams: each event is held back for so long, in order; the chat goes on at its own pace. */
  readonly delayEventsMs?: number
  /** Streams: every so many-th event is sent twice. */
  readonly duplicateEvery?: number
  /** Streams: every so many-th event comes after the one that follows it. The last one stays last. */
  readonly swapEvery?: number
  readonly crlf?: boolean
  readonly noFinalBlankLine?: boolean
  /** The connection breaks after this many bytes of the answer's body, of whatever kind. */
  readonly cutAfterBytes?: number
  readonly cutAfterDeltas?: number
  /** A clean end of the response after so many deltas: no completed, no done. */
  readonly endAfterDeltas?: number
  /** How the end is said: `unquoted` = `data:[DONE]`, `studio` = `conversation.stream.done`, `none`. */
  readonly done?: 'unquoted' | 'studio' | 'none'
  /** Events nobody knows, some with data that is not an object. */
  readonly unknownEvents?: boolean
  readonly commentLines?: boolean
  /** A tool_response of so many bytes. */
  readonly bigToolEventBytes?: number
  readonly nullMetaData?: boolean
  readonly stringTimestamps?: boolean
  readonly shuffleKeys?: boolean
  // What the chat does.
  readonly silence?: { readonly afterDeltas: number; readonly ms: number }
  readonly fail?: FailFault
  readonly errorEvent?: { readonly afterDeltas: number; readonly code?: number; readonly msg?: string }
}

export interface FailFault {
  readonly afterDeltas: number
  readonly code: number
  readonly msg: string
  readonly shape?: 'chat' | 'bare'
}

export interface FaultRule {
  /** `/v3/chat`, `/v1/*` (a star is any text), or a pattern. Left out: every path. */
  readonly path?: string | RegExp
  readonly method?: string
  /** How many exchanges meet it; left out: all, until it is removed. */
  readonly times?: number
  /** How many matching exchanges pass first. */
  readonly after?: number
  readonly fault: Fault
}

export interface Faults {
  /** Adds a rule; what is returned removes it. */
  add(rule: FaultRule): () => void
  /** The next `times` (default 1) requests to `path` meet `fault`. */
  next(path: string | RegExp, fault: Fault, times?: number): () => void
  /** Every request to `path` meets `fault` until it is removed. */
  always(path: string | RegExp, fault: Fault): () => void
  clear(): void
  /** What this request meets; counts it. Called once per request by the server. */
  take(method: string, path: string): Fault
}

/** Ready-made gateway answers. */
export const gateway = {
  badGateway: {
    status: 502,
    contentType: 'text/html',
    body: '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
  },
  tooMany: { status: 429, contentType: 'text/plain', body: 'Too Many Requests' },
  tooManyRetryAfter: (seconds: number): Fault => ({
    status: 429,
    contentType: 'text/plain',
    body: 'Too Many Requests',
    headers: { 'retry-after': String(seconds) },
  }),
  tooManyUntil: (date: Date): Fault => ({
    status: 429,
    contentType: 'text/plain',
    body: 'Too Many Requests',
    headers: { 'retry-after': date.toUTCString() },
  }),
  unavailableRetryAfter: (seconds: number): Fault => ({
    status: 503,
    contentType: 'text/html',
    body: '<html><body>503 Service Temporarily Unavailable</body></html>',
    headers: { 'retry-after': String(seconds) },
  }),
  /** A page of the gateway that pretends to be an answer. */
  htmlInstead: {
    status: 200,
    contentType: 'text/html',
    body: '<!doctype html><html><body>Welcome to nginx!</body></html>',
  },
  /** Credit used up: 4028; per bot and day 4008; a plan's balance 4011. Coze docs: error codes. */
  quotaGone: {
    code: 4028,
    msg: 'Your free quota has been used up. Please upgrade to a paid plan to continue',
  },
  unauthorized: { status: 401, code: 700012006, msg: 'access token invalid' },
  notFound: { status: 404, code: 4000, msg: 'path not found' },
  internal: { status: 500, contentType: 'text/plain', body: 'internal error' },
  garbage: { status: 200, contentType: 'application/json', body: '{"code":0,"data":{"id":"75' },
} satisfies Readonly<Record<string, Fault | ((seconds: number) => Fault) | ((date: Date) => Fault)>>

interface LiveRule {
  readonly rule: FaultRule
  readonly matches: (method: string, path: string) => boolean
  toSkip: number
  left: number
}

export function createFaults(): Faults {
  const rules = new Set<LiveRule>()
  function add(rule: FaultRule): () => void {
    const live: LiveRule = {
      rule,
      matches: matcherOf(rule),
      toSkip: rule.after ?? 0,
      left: rule.times ?? Infinity,
    }
    rules.add(live)
    return () => void rules.delete(live)
  }
  return {
    add,
    next: (path, fault, times = 1) => add({ path, fault, times }),
    always: (path, fault) => add({ path, fault }),
    clear: () => rules.clear(),
    take(method, path) {
      let met: Fault = none
      for (const live of rules) {
        if (!live.matches(method, path)) continue
        if (live.toSkip > 0) {
          live.toSkip -= 1
          continue
        }
        met = { ...met, ...live.rule.fault }
        live.left -= 1
        if (live.left <= 0) rules.delete(live)
      }
      return met
    },
  }
}

const none: Fault = {}

function matcherOf(rule: FaultRule): (method: string, path: string) => boolean {
  const { path } = rule
  const pattern =
    typeof path === 'string'
      ? new RegExp(`^${path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`)
      : path
  return (method, at) =>
    (rule.method === undefined || rule.method === method) &&
    (pattern === undefined || at.search(pattern) >= 0)
}

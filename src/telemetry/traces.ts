// One trace for each turn, from the accepted message to the final edit: its steps are spans, its calls to the platform
// events. Ids and numbers alone.
//
// The trace's id is made from the turn's, so that who has one finds the other, and what goes on after a restart, or after
// its person has answered, is in the same trace. A collector that is away costs a bounded queue.

import { createHash, randomBytes } from 'node:crypto'
import { context, SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Clock } from '../contract/runtime.ts'
import { shortTurn, type TurnFacts, type TurnMark, type TurnWatch, type Watch } from '../contract/watch.ts'
import type { TraceTarget } from './target.ts'

export interface Traces extends Watch {
  /** Sends what is left, for a moment. Never rejects. */
  close(): Promise<void>
}

/** A few seconds of a flood; what does not fit is dropped. */
const QUEUE = { maxQueueSize: 4_096, maxExportBatchSize: 512, scheduledDelayMillis: 2_000 } as const
const EXPORT_WITHIN_MS = 5_000
const CLOSE_WITHIN_MS = 3_000
/** Of a long reply: the rest is counted. */
const MOST_EVENTS = 100

export function openTraces(target: TraceTarget, clock: Clock): Traces {
  const { url, headers, service, version, proxyEnv } = target
  const ids = createIds()
  const exporter = new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: EXPORT_WITHIN_MS,
    httpAgentOptions: { keepAlive: true, ...(proxyEnv === undefined ? {} : { proxyEnv }) },
  })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(exporter, { ...QUEUE, exportTimeoutMillis: EXPORT_WITHIN_MS })],
  })
  const tracer = provider.getTracer('coze-bridge', version)
  return {
    turn(facts) {
      ids.use(traceIdOf(facts.turn))
      return traceTurn(tracer, facts, clock)
    },
    async close() {
      const within = new AbortController()
      const late = clock.sleep(CLOSE_WITHIN_MS, within.signal).catch(() => undefined)
      await Promise.race([provider.shutdown().catch(() => undefined), late])
      within.abort()
    },
  }
}

/** The first 32 hexadecimal digits of the SHA-256 of the turn's id, as the log has it. */
export function traceIdOf(turn: string): string {
  return createHash('sha256').update(turn).digest('hex').slice(0, 32)
}

/** The next root is given this id; a span is begun synchronously. */
function createIds() {
  let next: string | undefined
  return {
    use(id: string) {
      next = id
    },
    generateTraceId() {
      const id = next ?? randomBytes(16).toString('hex')
      next = undefined
      return id
    },
    generateSpanId: () => randomBytes(8).toString('hex'),
  }
}

type StepName = 'waiting in line' | 'preparing' | 'files' | 'asking Coze' | 'streaming' | 'finishing'

function traceTurn(tracer: Tracer, facts: TurnFacts, clock: Clock): TurnWatch {
  const { account, chatKind, asks, resumed } = facts
  // A turn taken up again begins now; what was before is in the trace already.
  const root = tracer.startSpan('turn', {
    kind: SpanKind.CONSUMER,
    startTime: resumed ? clock.now() : facts.acceptedAtMs,
    attributes: {
      'bridge.turn': shortTurn(facts.turn),
      'bridge.account': account,
      'bridge.chat_kind': chatKind,
      'bridge.asks': asks,
      'bridge.resumed': resumed,
    },
  })
  const within = trace.setSpan(context.active(), root)
  let step: { readonly name: StepName; readonly span: Span } | undefined
  let [posts, edits, failed, events, tokens] = [0, 0, 0, 0, 0]
  enter('waiting in line', resumed ? clock.now() : facts.acceptedAtMs)
  return { note }

  function note(mark: TurnMark): void {
    switch (mark.at) {
      case 'begun':
        event('begun')
        break
      case 'admitted':
      case 'filesReady':
        enter('preparing')
        break
      case 'files':
        enter('files', clock.now(), { 'bridge.files': mark.count })
        break
      case 'asking':
        enter('asking Coze', clock.now(), { 'bridge.how': mark.how })
        break
      case 'queued':
        event('queued', { 'bridge.ahead': mark.ahead })
        break
      case 'started':
        event('started')
        break
      case 'words':
        enter('streaming')
        break
      case 'heard':
        tokens += mark.totalTokens ?? 0
        enter('finishing')
        break
      case 'failed':
        step?.span.setStatus({ code: SpanStatusCode.ERROR, message: mark.kind })
        event('failed', {
          'bridge.failure': mark.kind,
          ...(mark.code === undefined ? {} : { 'coze.code': mark.code }),
          ...(mark.logid === undefined ? {} : { 'coze.logid': mark.logid }),
        })
        break
      case 'delivering':
        if (step?.name !== 'finishing') enter('finishing')
        if (mark.told !== undefined) root.setAttribute('bridge.told', mark.told)
        break
      case 'call':
        noteCall(mark)
        break
      case 'undeliverable':
        event('undeliverable', { 'bridge.failure': mark.kind })
        break
      case 'ended':
        end(mark.outcome)
    }
  }

  function noteCall({ call, ms, ok }: Extract<TurnMark, { at: 'call' }>): void {
    if (call === 'typing') return
    if (!ok) failed += 1
    else if (call === 'edit' || call === 'stream') edits += 1
    else posts += 1
    event(call, { 'bridge.ms': Math.round(ms), 'bridge.ok': ok })
  }

  function enter(name: StepName, atMs = clock.now(), attributes: Record<string, string | number> = {}): void {
    step?.span.end(atMs)
    step = { name, span: tracer.startSpan(name, { startTime: atMs, attributes }, within) }
  }

  function event(name: string, attributes: Record<string, string | number | boolean> = {}): void {
    events += 1
    if (events <= MOST_EVENTS) step?.span.addEvent(name, attributes, clock.now())
  }

  function end(outcome: string): void {
    const atMs = clock.now()
    step?.span.end(atMs)
    step = undefined
    root.setAttributes({
      'bridge.outcome': outcome,
      'bridge.posts': posts,
      'bridge.edits': edits,
      'bridge.failed_calls': failed,
      'bridge.tokens': tokens,
    })
    if (outcome === 'defect' || outcome === 'undelivered')
      root.setStatus({ code: SpanStatusCode.ERROR, message: outcome })
    root.end(atMs)
  }
}

// How does one workflow run go from its parameters to its end, with interrupts between?
import { choiceOf, fieldsOf } from './answers.ts'
import type { JsonObject } from './json.ts'
import type { WorkflowRunRecord } from './records.ts'
import type { WorkflowOver, WorkflowRun } from './runs.ts'
import { PING, withPings } from './silence.ts'
import type { EventStream } from './sse.ts'
import { drive } from './ticker.ts'
import type { Hold } from './ticker.ts'
import { askedBy } from './workflow-ask.ts'
import type { AskingStep } from './workflow-ask.ts'
import { firstFault } from './workflow-fields.ts'
import { createNodes } from './workflow-nodes.ts'
import type { WorkflowStep } from './workflow-script.ts'
import type { World } from './world.ts'

/** A question node can be answered three times, then the run fails (Coze docs: resume a workflow). */
const MAX_RESUMES_PER_NODE = 3
/** Coze docs: run workflow. 10 minutes in all, a run in the background 24 hours. */
const RUN_LIVES_MS = 600_000
const ASYNC_RUN_LIVES_MS = 86_400_000

interface RunError {
  readonly code: number
  readonly message: string
}

/** Where one stretch of a run, from a request to its end or the next interrupt, says what happens. */
interface Stretch {
  readonly stream: EventStream | undefined
  over(over: WorkflowOver): void
}

export function createWorkflowRun(
  world: World,
  record: WorkflowRunRecord,
  steps: Iterator<WorkflowStep, unknown, string | undefined>,
): WorkflowRun {
  const { limits, nowMs } = world.options
  const isStudio = world.options.flavor === 'studio'
  const nodes = createNodes(world, record)
  const timesAsked = new Map<string, number>()
  const questionTitles = new Map<string, string>()
  let waitingStep: AskingStep | undefined
  world.store.workflowRuns.set(record.executeId, record)

  const run: WorkflowRun = {
    record,
    go(resumeData, stream, onOver) {
      let halt: () => void = () => {}
      record.interrupt = undefined
      stream?.onLeft(() => {
        record.readerLeft = true
      })
      setStatus('Running')
      const livesMs =
        record.mode === 'async'
          ? (limits.asyncWorkflowMs ?? ASYNC_RUN_LIVES_MS)
          : (limits.workflowMs ?? RUN_LIVES_MS)
      const stretch: Stretch = {
        stream: stream === undefined ? undefined : withPings(world, stream),
        over(over) {
          noTimeout()
          onOver(over)
        },
      }
      const noTimeout = world.ticker.after(livesMs, () => {
        halt()
        failed(stretch, { code: isStudio ? 6023 : 720702085, message: 'the workflow timed out' })
      })
      halt = drive(world.ticker, play(resumeData, stretch))
    },
  }
  return run

  function* play(resumeData: string | undefined, stretch: Stretch): Generator<number | Hold, void> {
    let given = resumeData
    try {
      for (;;) {
        const next = advance(given)
        given = undefined
        if (next.done === true) break
        if ((yield* perform(next.value, stretch)) === 'over') return
      }
    } catch (error) {
      const message = `script: ${error instanceof Error ? error.message : String(error)}`
      failed(stretch, { code: 720701013, message })
      return
    }
    setStatus('Success')
    stretch.stream?.finish('Done', JSON.stringify({ debug_url: debugUrl(record) }))
    stretch.over({ is: 'done' })
  }

  /** The next step; the same one again where an input node's answer lacks what it must have. */
  function advance(given: string | undefined): IteratorResult<WorkflowStep, unknown> {
    const asked = waitingStep
    waitingStep = undefined
    if (given === undefined || asked === undefined) return steps.next(given)
    if ('input' in asked && firstFault(asked.input, fieldsOf(given)) !== undefined)
      return { done: false, value: asked }
    return steps.next('ask' in asked ? choiceOf(given, asked.choices) : given)
  }

  function* perform(step: WorkflowStep, stretch: Stretch): Generator<number | Hold, 'over' | undefined> {
    const { stream } = stretch
    if ('waitMs' in step) yield step.waitMs
    else if ('gate' in step) yield world.gates.at(step.gate)
    else if ('cut' in step) stream?.cut()
    else if ('ping' in step) {
      if (!isStudio) stream?.send(PING.event, PING.data)
    } else if ('message' in step) yield* paced(nodes.speak([step]), stream)
    else if ('parallel' in step) yield* paced(nodes.speak(step.parallel), stream)
    else if ('output' in step) {
      record.output = typeof step.output === 'string' ? step.output : JSON.stringify(step.output)
      stream?.send('Message', nodes.end(record.output))
    } else if ('answer' in step) {
      yield* paced(nodes.streamEnd(step.answer, step.pieces ?? 1), stream)
      const whole = { content_type: 1, data: step.answer, original_result: null, type_for_model: 2 }
      record.output = JSON.stringify(whole)
    } else if ('workflowError' in step) return failed(stretch, step.workflowError)
    else if ('streamError' in step) return broken(stretch, step.streamError)
    else return asks(stretch, step)
    return undefined
  }

  function* paced(events: Iterable<string>, stream: EventStream | undefined): Generator<number, void> {
    for (const event of events) {
      stream?.send('Message', event, 'delta')
      yield world.options.pace.deltaMs
    }
  }

  function asks(stretch: Stretch, step: AskingStep): 'over' {
    const node = titleOf(step)
    const times = (timesAsked.get(node) ?? 0) + 1
    timesAsked.set(node, times)
    if (times > MAX_RESUMES_PER_NODE)
      return failed(stretch, { code: 720702017, message: `the question of ${node} was asked too often` })
    if (isStudio && record.mode !== 'stream')
      return failed(stretch, { code: 6039, message: 'Interrupts are not supported in a sync run' })
    const asked = askedBy(step, { isStudio, mode: record.mode, node })
    const eventId = `${record.executeId}/${world.ids.next()}`
    const interruptData: JsonObject = {
      data: asked.data,
      event_id: eventId,
      type: asked.type,
      ...(asked.requiredParameters === undefined ? {} : { required_parameters: asked.requiredParameters }),
    }
    const { interruptLivesMs } = limits
    const expiresAtMs = interruptLivesMs === undefined ? undefined : nowMs() + interruptLivesMs
    world.interrupted.set(eventId, { run, type: asked.type, expiresAtMs })
    waitingStep = step
    record.interrupt = interruptData
    record.asked.push({ type: asked.type, node, question: asked.question })
    setStatus('Interrupted')
    if (asked.words !== '') stretch.stream?.send('Message', nodes.ask(node, asked.words))
    const debug = isStudio ? { debug_url: debugUrl(record) } : {}
    const said = { interrupt_data: interruptData, node_title: node, ...debug }
    stretch.stream?.send('Interrupt', JSON.stringify(said))
    stretch.stream?.end()
    stretch.over({ is: 'interrupt', interruptData })
    return 'over'
  }

  /** Nodes without a title are named as Coze names them: `Question`, `Question_1` … */
  function titleOf(step: AskingStep): string {
    if ('interrupt' in step) return step.interrupt.node ?? 'Question'
    if (step.node !== undefined) return step.node
    if ('authorize' in step) return 'Plugin'
    const key = 'input' in step ? `input ${JSON.stringify(step.input)}` : `ask ${step.ask}`
    const kind = 'input' in step ? 'Input' : 'Question'
    const same = [...questionTitles.values()].filter((title) => title.startsWith(kind)).length
    const title = questionTitles.get(key) ?? (same === 0 ? kind : `${kind}_${same}`)
    questionTitles.set(key, title)
    return title
  }

  function failed(stretch: Stretch, error: RunError): 'over' {
    record.error = error
    setStatus('Fail')
    const data = { error_code: error.code, error_message: error.message, debug_url: debugUrl(record) }
    stretch.stream?.send('Error', JSON.stringify(data))
    stretch.stream?.end()
    stretch.over({ is: 'error', ...error })
    return 'over'
  }

  /** Studio's own stream broke: words instead of JSON. */
  function broken(stretch: Stretch, message: string): 'over' {
    record.error = { code: 720701013, message }
    setStatus('Fail')
    stretch.stream?.send('error', message)
    stretch.stream?.end()
    stretch.over({ is: 'error', code: 720701013, message })
    return 'over'
  }

  function setStatus(status: WorkflowRunRecord['status']): void {
    record.status = status
    record.updatedAtMs = nowMs()
  }
}

/** Where a run could be looked at. */
export function debugUrl(run: { readonly executeId: string; readonly workflowId: string }): string {
  return `https://www.coze.cn/work_flow?execute_id=${run.executeId}&space_id=7200000000000000000&workflow_id=${run.workflowId}`
}

// How does one workflow run go from its parameters to its end, with interrupts between?
import type { JsonObject } from './json.ts'
import type { WorkflowRunRecord } from './records.ts'
import type { InterruptSpec, WorkflowStep } from './script.ts'
import type { WorkflowOver, WorkflowRun } from './runs.ts'
import type { EventStream } from './sse.ts'
import { drive } from './ticker.ts'
import type { World } from './world.ts'

/** A question node can be answered three times, then the run fails (Coze docs: resume a workflow). */
const MAX_RESUMES_PER_NODE = 3

export function createWorkflowRun(
  world: World,
  record: WorkflowRunRecord,
  steps: Iterator<WorkflowStep, unknown, string | undefined>,
): WorkflowRun {
  const asked = new Map<string, number>()
  world.store.workflowRuns.set(record.executeId, record)
  const run: WorkflowRun = {
    record,
    go(resumeData, stream, onOver) {
      record.status = 'Running'
      drive(world.ticker, play(resumeData, stream, onOver))
    },
  }
  return run

  function* play(
    resumeData: string | undefined,
    stream: EventStream | undefined,
    onOver: (over: WorkflowOver) => void,
  ): Generator<number, void> {
    let given = resumeData
    for (;;) {
      const next = steps.next(given)
      given = undefined
      if (next.done === true) break
      const step = next.value
      if ('waitMs' in step) yield step.waitMs
      else if ('ping' in step) {
        // Studio has no heartbeat.
        if (world.options.flavor === 'cloud') stream?.send('PING', '{"content":"{}"}')
      } else if ('message' in step) {
        record.messages.push({ title: step.node ?? 'Message', content: step.message })
        for (const piece of messageEvents(world, step)) {
          stream?.send('Message', piece, 'delta')
          yield world.options.pace.deltaMs
        }
      } else if ('output' in step) {
        record.output = typeof step.output === 'string' ? step.output : JSON.stringify(step.output)
        stream?.send('Message', endMessage(world, record.output))
      } else if ('workflowError' in step) {
        failed(stream, onOver, step.workflowError)
        return
      } else {
        const node = step.interrupt.node ?? 'Question'
        const times = (asked.get(node) ?? 0) + 1
        asked.set(node, times)
        if (times > MAX_RESUMES_PER_NODE) {
          const error = { code: 720702017, message: `the question of ${node} was asked too often` }
          {
            failed(stream, onOver, error)
            return
          }
        }
        {
          interrupted(stream, onOver, step.interrupt, node)
          return
        }
      }
    }
    record.status = 'Success'
    stream?.finish('Done', JSON.stringify({ debug_url: debugUrl(record.executeId) }))
    onOver({ is: 'done' })
  }

  function interrupted(
    stream: EventStream | undefined,
    onOver: (over: WorkflowOver) => void,
    spec: InterruptSpec,
    node: string,
  ): void {
    const eventId = `${record.executeId}/${world.ids.next()}`
    const interruptData: JsonObject = {
      data: spec.data,
      event_id: eventId,
      type: spec.type,
      ...(spec.requiredParameters === undefined ? {} : { required_parameters: spec.requiredParameters }),
    }
    record.status = 'Interrupted'
    world.interrupted.set(eventId, run)
    const debug = world.options.flavor === 'studio' ? { debug_url: debugUrl(record.executeId) } : {}
    stream?.send('Interrupt', JSON.stringify({ interrupt_data: interruptData, node_title: node, ...debug }))
    stream?.end()
    onOver({ is: 'interrupt', interruptData })
  }

  function failed(
    stream: EventStream | undefined,
    onOver: (over: WorkflowOver) => void,
    error: { readonly code: number; readonly message: string },
  ): void {
    record.status = 'Fail'
    record.error = error
    const data = {
      error_code: error.code,
      error_message: error.message,
      debug_url: debugUrl(record.executeId),
    }
    stream?.send('Error', JSON.stringify(data))
    stream?.end()
    onOver({ is: 'error', ...error })
  }
}

/** Where a run could be looked at; the ampersand is escaped as cloud does. */
export function debugUrl(executeId: string): string {
  return `https://www.coze.cn/work_flow?execute_id=${executeId}&space_id=1`
}

type MessageStep = Extract<WorkflowStep, { readonly message: string }>

function messageEvents(world: World, step: MessageStep): string[] {
  const points = Array.from(step.message)
  const count = Math.max(1, Math.min(step.pieces ?? 1, points.length))
  const size = Math.ceil(points.length / count)
  const uuid = world.ids.next()
  return Array.from({ length: count }, (_unused, at) =>
    JSON.stringify({
      content: points.slice(at * size, (at + 1) * size).join(''),
      content_type: 'text',
      node_title: step.node ?? 'Message',
      // A string, counted anew in each node.
      node_seq_id: String(at),
      node_is_finish: at === count - 1,
      node_id: '100001',
      node_type: 'Message',
      node_execute_uuid: uuid,
    }),
  )
}

function endMessage(world: World, output: string): string {
  return JSON.stringify({
    content: output,
    content_type: 'text',
    node_title: '',
    node_seq_id: '0',
    node_is_finish: true,
    node_id: '900001',
    node_type: 'End',
    node_execute_uuid: world.ids.next(),
    token: 0,
    cost: '0.00',
  })
}

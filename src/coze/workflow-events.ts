// What do the events of a workflow's own stream say?

import type { Failure } from '../contract/errors.ts'
import { readInterrupt } from './interrupt.ts'
import type { Interrupt } from './interrupt.ts'
import { isObject, readJson, toId, toNumber, toText } from './json.ts'
import { runFailure } from './run-failure.ts'
import type { SseEvent } from './sse.ts'
import { spokenFailure } from './spoken.ts'

/** A piece of what one node says. */
export interface NodeMessage {
  readonly kind: 'message'
  readonly text: string
  /** `text`, `object_string`, `card`, …; '' when nothing is said. */
  readonly contentType: string
  /** The same for all pieces of one execution of one node, wherever Coze says which. */
  readonly nodeKey: string
  /** Whether `nodeKey` names this one execution alone. */
  readonly isExact: boolean
  readonly nodeTitle: string
  /** Its place in the node, from 0; undefined when the server does not count. */
  readonly seq: number | undefined
  readonly isFinish: boolean
  /** It is the workflow's result, not something said on the way. */
  readonly isEnd: boolean
}

export type WorkflowEvent =
  | NodeMessage
  | {
      readonly kind: 'interrupt'
      readonly interrupt: Interrupt
      readonly nodeTitle: string
      readonly debugUrl: string
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'done'; readonly debugUrl: string }

/** Undefined for what does not matter: `PING`, words of the future. Event names: Coze docs, stream run. */
export function readWorkflowEvent(event: SseEvent, what: string, logid: string): WorkflowEvent | undefined {
  switch (event.event) {
    case 'Message':
    case 'message':
      return readNodeMessage(readJson(event.data))
    case 'Interrupt':
    case 'interrupt': {
      const value = readJson(event.data)
      if (!isObject(value)) return undefined
      const interrupt = readInterrupt(value['interrupt_data'])
      const nodeTitle = toText(value['node_title'])
      return interrupt && { kind: 'interrupt', interrupt, nodeTitle, debugUrl: debugUrlOf(value) }
    }
    case 'Error':
    case 'error': {
      const error = readJson(event.data)
      // Coze Studio sends plain text.
      const code = isObject(error) ? toNumber(error['error_code'] ?? error['code']) : undefined
      const msg = isObject(error) ? toText(error['error_message']) || toText(error['msg']) : event.data
      const debugUrl = debugUrlOf(error)
      return { kind: 'failed', failure: runFailure(spokenFailure({ code, msg, what, logid, debugUrl })) }
    }
    case 'Done':
    case 'done':
      return { kind: 'done', debugUrl: debugUrlOf(readJson(event.data)) }
    default:
      return undefined
  }
}

function readNodeMessage(value: unknown): NodeMessage | undefined {
  if (!isObject(value)) return undefined
  const nodeTitle = toText(value['node_title'])
  const nodeId = toId(value['node_id'])
  const execution = toId(value['node_execute_uuid'])
  // Rounds of a loop or a batch, and sub-workflows, run the same node again.
  const rounds = ['sub_execute_id', 'loop_index', 'batch_index'].map((key) => toId(value[key]))
  return {
    kind: 'message',
    text: toText(value['content']),
    contentType: toText(value['content_type']),
    nodeKey: [nodeId || nodeTitle, execution, ...rounds].join('/'),
    isExact: execution !== '',
    nodeTitle,
    seq: toPlace(value['node_seq_id']),
    isFinish: value['node_is_finish'] === true,
    isEnd: isEndNode(nodeId, nodeTitle, toText(value['node_type'])),
  }
}

function toPlace(value: unknown): number | undefined {
  const place = toNumber(value)
  return place !== undefined && Number.isSafeInteger(place) && place >= 0 ? place : undefined
}

/** Every workflow's end node has this id. coze-dev/coze-studio, `entity.ExitNodeKey`. */
const END_NODE_ID = '900001'

/** By id or type where they are told; older streams leave its title empty, or call it End. Coze docs: stream run. */
function isEndNode(nodeId: string, nodeTitle: string, nodeType: string): boolean {
  if (nodeId === END_NODE_ID || nodeType === 'End') return true
  if (nodeType !== '') return false
  return nodeTitle === '' || nodeTitle === 'End' || nodeTitle === '结束'
}

/** '' when there is none. For the log and for admins. */
export function debugUrlOf(value: unknown): string {
  const url = isObject(value) ? toText(value['debug_url']) : ''
  return /^https?:\/\//.test(url) ? url : ''
}

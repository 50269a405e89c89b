// How do the nodes of a workflow speak, as events of a stream and as what is kept of the run?
import type { JsonObject } from './json.ts'
import type { NodeOutput, WorkflowRunRecord } from './records.ts'
import type { NodeMessage } from './workflow-script.ts'
import type { World } from './world.ts'

export interface Nodes {
  /** The JSON of Message events, in the order they go out; each piece is kept as it is taken. */
  speak(messages: readonly NodeMessage[]): Generator<string, void>
  /** A question's words, as one event; not among the outputs of the run. */
  ask(node: string, question: string): string
  /** The end node's only message, which is JSON text of its variables (or plain words). */
  end(content: string): string
  /** An end node's text in so many pieces. */
  streamEnd(text: string, pieces: number): Generator<string, void>
}

export function createNodes(world: World, record: WorkflowRunRecord): Nodes {
  const ids = new Map<string, string>()

  function idOf(title: string): string {
    const id = ids.get(title) ?? String(110_001 + ids.size)
    ids.set(title, id)
    return id
  }

  function begin(message: NodeMessage): NodeOutput {
    const title = message.node ?? 'Message'
    const output: NodeOutput = {
      title,
      nodeId: message.nodeId ?? idOf(title),
      executeUuid: world.ids.next(),
      ...(message.loopIndex === undefined ? {} : { loopIndex: message.loopIndex }),
      ...(message.batchIndex === undefined ? {} : { batchIndex: message.batchIndex }),
      ...(message.subExecuteId === undefined ? {} : { subExecuteId: message.subExecuteId }),
      content: '',
      isFinished: false,
      updatedAtS: world.nowS(),
    }
    record.messages.push(output)
    return output
  }

  return {
    *speak(messages) {
      const open = messages.map((message) => ({
        output: begin(message),
        pieces: cutUp(message.message, message.pieces ?? 1),
      }))
      for (let at = 0; open.some(({ pieces }) => at < pieces.length); at++)
        for (const { output, pieces } of open) {
          const piece = pieces[at]
          if (piece === undefined) continue
          output.content += piece
          output.isFinished = at === pieces.length - 1
          output.updatedAtS = world.nowS()
          yield event(world, output, piece, at, output.isFinished, 'Message')
        }
    },
    ask: (node, question) =>
      event(world, aside(world, node, idOf(node)), question, 0, true, 'QuestionAnswer'),
    end: (content) =>
      event(world, aside(world, '', END_ID), content, 0, true, 'End', { token: 0, cost: '0.00' }),
    *streamEnd(text, count) {
      const node = aside(world, 'End', END_ID)
      const pieces = cutUp(text, count)
      for (const [at, piece] of pieces.entries())
        yield event(world, node, piece, at, at === pieces.length - 1, 'End')
    },
  }
}

/** Every workflow's end node has this id. */
const END_ID = '900001'

type Speaking = Pick<
  NodeOutput,
  'title' | 'nodeId' | 'executeUuid' | 'loopIndex' | 'batchIndex' | 'subExecuteId'
>

function aside(world: World, title: string, nodeId: string): Speaking {
  return { title, nodeId, executeUuid: world.ids.next() }
}

/** Studio's messages have `token` and `ext`, and neither ids of executions nor usage. */
function event(
  world: World,
  node: Speaking,
  content: string,
  seqId: number,
  isFinish: boolean,
  nodeType: string,
  beside: JsonObject = {},
): string {
  const common = {
    content,
    content_type: 'text',
    node_title: node.title,
    // A string, counted anew in each node.
    node_seq_id: String(seqId),
    node_is_finish: isFinish,
    node_id: node.nodeId,
    node_type: nodeType,
  }
  if (world.options.flavor === 'studio') return JSON.stringify({ ...common, token: 0, ...beside })
  return JSON.stringify({
    ...common,
    node_execute_uuid: node.executeUuid,
    ...(node.loopIndex === undefined ? {} : { loop_index: node.loopIndex }),
    ...(node.batchIndex === undefined ? {} : { batch_index: node.batchIndex }),
    ...(node.subExecuteId === undefined ? {} : { sub_execute_id: node.subExecuteId }),
    ...(isFinish ? { usage: { input_count: 1, output_count: 1, token_count: 2 } } : {}),
    ...beside,
  })
}

/** At most `count` pieces of whole code points; an empty text is one empty piece. */
function cutUp(text: string, count: number): string[] {
  const points = Array.from(text)
  const size = Math.max(1, Math.ceil(points.length / Math.max(1, count)))
  const pieces: string[] = []
  for (let at = 0; at < points.length; at += size) pieces.push(points.slice(at, at + size).join(''))
  return pieces.length === 0 ? [''] : pieces
}

// Has the token each permission that the configured features need? Asked of things that do not exist: nothing happens.
//
// A missing permission is told as 4101; any other refusal means that the call itself is allowed. Each costs one call.

import type { AssistantFinding, AssistantWants } from '../contract/assistant.ts'
import type { AgentSpec } from '../contract/policy.ts'
import { inTurns, isPassing, look, type CheckWorld } from './check-look.ts'
import type { Call } from './client.ts'

/** Names as in the console. Coze docs: the row "permission" of each call. */
interface Probe {
  readonly permission: string
  /** What goes without it. */
  readonly without: string
  /** A fault, where questions get no answer; else something smaller is missing. */
  readonly verdict: 'fault' | 'warning'
  readonly call: Call
}

/** Coze docs: error codes. */
const NO_PERMISSION = 4101
/** An id that nothing has. */
const NOBODY = '1'
const AT_ONCE = 3

/** A Coze Studio's tokens have no permissions. */
export async function checkPermissions(
  world: CheckWorld,
  agents: readonly AgentSpec[],
  wants: AssistantWants,
): Promise<readonly AssistantFinding[]> {
  const { client, paths, signal } = world
  if (client.flavor === 'studio') return []
  const probes = probesFor(agents, wants)
  const answers = await inTurns(probes, AT_ONCE, async (probe) => ({
    probe,
    seen: await look(() => client.json(probe.call, signal), signal),
  }))
  const missing = answers.filter(({ seen }) => !seen.ok && seen.failure.code === NO_PERMISSION)
  const unseen = answers.filter(({ seen }) => !seen.ok && isPassing(seen.failure))
  const there = answers.filter((answer) => !missing.includes(answer) && !unseen.includes(answer))
  const names = (some: typeof answers): string => some.map(({ probe }) => probe.permission).join(', ')
  return [
    ...missing.map(({ probe: { permission, without, verdict } }) => ({
      verdict,
      subject: `Coze permission ${permission}`,
      reason: `the token does not have it: ${without}`,
      remedy: `${paths.editToken}, tick the permission ${permission}, and let it include the workspace of your agents. A token without a way to edit it is made anew.`,
    })),
    ...(there.length === 0
      ? []
      : [{ verdict: 'ok' as const, subject: 'Coze permissions', reason: `${names(there)}: there` }]),
    ...(unseen.length === 0
      ? []
      : [
          {
            verdict: 'note' as const,
            subject: 'Coze permissions',
            reason: `${names(unseen)}: could not be looked at just now`,
          },
        ]),
  ]
}

function probesFor(agents: readonly AgentSpec[], wants: AssistantWants): readonly Probe[] {
  const hasBots = agents.some(({ kind }) => kind === 'bot')
  const runs = wants.commands.some(({ does }) => does.kind === 'workflow')
  const runsLater = wants.commands.some(({ does }) => does.kind === 'workflow' && does.run.mode === 'async')
  const hasChatflows = agents.some(({ kind }) => kind === 'chatflow')
  return [
    ...(hasBots
      ? [
          get(
            'getChat',
            'a reply that was cut off is not found again',
            'fault',
            '/v3/chat/retrieve',
            ONE_CHAT,
          ),
          get(
            'listMessage',
            'a reply that was cut off is not found again',
            'fault',
            '/v3/chat/message/list',
            ONE_CHAT,
          ),
          post('cancelChat', '"Stop" does not end a reply', 'warning', '/v3/chat/cancel', ONE_CHAT),
        ]
      : []),
    post(
      'editConversation',
      '/new does not forget what was said',
      'warning',
      `/v1/conversations/${NOBODY}/clear`,
    ),
    ...(runs || hasChatflows
      ? [
          post(
            'run',
            `${runs ? 'commands that run workflows' : 'chatflows'} fail`,
            'fault',
            '/v1/workflow/run',
            { workflow_id: NOBODY },
          ),
        ]
      : []),
    ...(runsLater
      ? [
          get(
            'listRunHistory',
            'commands of mode async never end',
            'fault',
            `/v1/workflows/${NOBODY}/run_histories/${NOBODY}`,
          ),
        ]
      : []),
    ...(wants.uploads
      ? [post('uploadFile', 'pictures and files do not reach the agent', 'warning', '/v1/files/upload')]
      : []),
    ...(wants.hears
      ? [
          post(
            'createTranscription',
            'voice messages are not understood',
            'warning',
            '/v1/audio/transcriptions',
          ),
        ]
      : []),
    ...(wants.voices.length > 0
      ? [
          post('createSpeech', 'no reply is read aloud', 'fault', '/v1/audio/speech', {
            input: '',
            voice_id: NOBODY,
          }),
        ]
      : []),
    ...(wants.tools
      ? [
          post(
            'submitToolChat',
            "the agent's local tools are not answered",
            'fault',
            '/v3/chat/submit_tool_outputs',
            { tool_outputs: [] },
            ONE_CHAT,
          ),
        ]
      : []),
    ...(wants.rates
      ? [
          probe('feedback', 'verdicts on answers are not kept', 'warning', {
            method: 'DELETE',
            path: `/v1/conversations/${NOBODY}/messages/${NOBODY}/feedback`,
          }),
        ]
      : []),
  ]
}

const ONE_CHAT = { conversation_id: NOBODY, chat_id: NOBODY }

type Start = readonly [permission: string, without: string, verdict: Probe['verdict'], path: string]

function get(...[permission, without, verdict, path, query]: [...Start, query?: Call['query']]): Probe {
  return probe(permission, without, verdict, {
    method: 'GET',
    path,
    ...(query === undefined ? {} : { query }),
  })
}

function post(
  ...[permission, without, verdict, path, json = {}, query]: [
    ...Start,
    json?: NonNullable<Call['json']>,
    query?: Call['query'],
  ]
): Probe {
  return probe(permission, without, verdict, {
    method: 'POST',
    path,
    json,
    ...(query === undefined ? {} : { query }),
  })
}

function probe(
  permission: string,
  without: string,
  verdict: Probe['verdict'],
  call: Omit<Call, 'repeat'>,
): Probe {
  return { permission, without, verdict, call: { ...call, repeat: 'impossible' } }
}

// Do the emulator's streams look as those that api.coze.cn sent? Recordings of the official Python SDK's tests.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { always, defaults, say, startCozeEmulator } from '../../src/emulators/coze/index.ts'
import type { CozeEmulator } from '../../src/emulators/coze/index.ts'
import { describeWithSchemas } from './schemas.ts'

interface Seen {
  /** `id`, `event`, `data`, each with or without a space. */
  readonly frame: string
  readonly event: string
  /** Names and types of what the event carries. */
  readonly members: readonly string[]
}

function seenIn(text: string): readonly Seen[] {
  return text.split('\n\n').flatMap((block) => {
    const lines = block.split('\n').filter((line) => line !== '')
    const event = lines.find((line) => line.startsWith('event'))?.replace(/^event: ?/, '')
    const data = lines.find((line) => line.startsWith('data'))?.replace(/^data: ?/, '')
    if (event === undefined || data === undefined) return []
    const frame = lines.map((line) => /^\w+: ?/.exec(line)?.[0] ?? '').join('|')
    return [{ frame, event, members: membersOf(JSON.parse(data)) }]
  })
}

function membersOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`]
  return Object.entries(value).flatMap(([name, member]) => membersOf(member, `${path}/${name}`))
}

async function ask(coze: CozeEmulator, path: string, body: object): Promise<readonly Seen[]> {
  const response = await fetch(coze.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${defaults.token}` },
    body: JSON.stringify(body),
  })
  return seenIn(await response.text())
}

async function emulator(): Promise<CozeEmulator> {
  const coze = await startCozeEmulator({ pace: { firstDeltaMs: 0, deltaMs: 0, charsPerDelta: 4 } })
  onTestFinished(() => coze.close())
  return coze
}

/** What a recorded event carries and no event of that name of ours does. */
function lacking(ours: readonly Seen[], recorded: readonly Seen[]): string[] {
  return recorded.flatMap(({ event, frame, members }) => {
    const same = ours.filter((one) => one.event === event && one.frame === frame)
    const best = same.map((one) => members.filter((member) => !one.members.includes(member)))
    const [missing] = best.sort((a, b) => a.length - b.length)
    if (missing === undefined) return [`${frame} ${event}: never sent`]
    return missing.map((member) => `${event}: ${member}`)
  })
}

describeWithSchemas('streams that Coze recorded', (folder) => {
  const recording = (name: string): readonly Seen[] =>
    seenIn(readFileSync(join(folder, 'recordings/coze-sse', name), 'utf8'))

  test('a workflow: messages, an error, a question, the end', async () => {
    const coze = await emulator()
    const { workflowId } = defaults
    const run = (): Promise<readonly Seen[]> =>
      ask(coze, '/v1/workflow/stream_run', { workflow_id: workflowId })
    coze.setWorkflowScript(workflowId, () => [{ message: 'abc', pieces: 3 }, { output: { output: 'x' } }])
    const whole = await run()
    coze.setWorkflowScript(workflowId, () => [{ workflowError: { code: 4000, message: 'x' } }])
    const failed = await run()
    coze.setWorkflowScript(workflowId, () => [{ ask: 'Which?' }])
    const asked = await run()
    expect(asked.map(({ event }) => event)).toEqual(['Message', 'Interrupt'])
    const recorded = recording('workflow_run_stream_resp.txt')
    expect(recorded.length).toBe(10)
    expect(lacking([...whole, ...failed, ...asked], recorded)).toEqual([])
  })

  test('a chatflow from created to done', async () => {
    const coze = await emulator()
    coze.setScript(defaults.chatflowId, always(say('abcdefgh')))
    const ours = await ask(coze, '/v1/workflows/chat', {
      workflow_id: defaults.chatflowId,
      bot_id: defaults.botId,
      parameters: {},
      additional_messages: [{ role: 'user', content: 'x', content_type: 'text' }],
    })
    const recorded = recording('workflows_chat_stream_resp.txt')
    // One delta of the recording has the time at which its message was made; the others have none.
    const known = ['conversation.message.delta: /created_at: number']
    expect(lacking(ours, recorded)).toEqual(known)
    const names = (seen: readonly Seen[]): string[] => [...new Set(seen.map(({ event }) => event))]
    expect(names(ours)).toEqual(names(recorded))
    expect(ours.flatMap(({ members }) => members).join(' ')).not.toContain('bot_id')
  })

  test('an agent from created to done', async () => {
    const coze = await emulator()
    coze.setScript(defaults.botId, always(say('abcdefgh')))
    const ours = await ask(coze, '/v3/chat', {
      bot_id: defaults.botId,
      user_id: 'u',
      stream: true,
      additional_messages: [{ role: 'user', content: 'x', content_type: 'text' }],
    })
    // Old recordings say when a chat ended before it did.
    const known = ['created', 'in_progress'].map((name) => `conversation.chat.${name}: /completed_at: number`)
    expect(lacking(ours, recording('chat_text_stream_resp.txt'))).toEqual(known)
  })
})

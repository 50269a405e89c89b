// What is left of a question once its reply stands? Read from the file, as whoever gets hold of it would.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import type { ReplyControls, Route } from '../../src/contract/policy.ts'
import { command, policy, route } from '../support/bridge-events.ts'
import { openTurns, setUp, type BridgeHarness } from '../support/bridge-harness.ts'
import { option, policyWith, workflow } from '../support/bridge-people.ts'
import { completed, delta, says, started } from '../support/scripted-assistant.ts'

const QUESTION = 'Where did I bury the treasure of Nantucket?'
const ANSWER = 'Beneath the seventh oak.'
const ALL: ReplyControls = { suggestions: true, stop: true, again: true, thumbs: true, listen: true }
const REPORT = workflow('report', { options: [option('topic')] })
const DAY_MS = 24 * 3_600_000

interface Row {
  readonly namespace: string
  readonly text: string
}

/** A harness over a file, and what stands in all of its tables. */
async function setUpOnFile(overrides: Partial<Route>) {
  const folder = await mkdtemp(join(tmpdir(), 'retention-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'bridge.db')
  const plain = policy({ routes: [route(overrides)] })
  const h = await setUp({ storeUrl: `sqlite:${file}`, policy: policyWith([REPORT], plain) })
  return { h, file, rows: () => rowsOf(file) }
}

function rowsOf(file: string): readonly Row[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").all()
    return tables.flatMap(({ name }) =>
      database
        .prepare(`select * from "${String(name)}"`)
        .all()
        .map((row) => ({
          namespace: String(row['namespace'] ?? name),
          text: Object.values(row).map(String).join(' '),
        })),
    )
  } finally {
    database.close()
  }
}

const telling = (rows: readonly Row[]) =>
  rows.filter(({ text }) => /Nantucket|seventh oak/.test(text)).map(({ namespace }) => namespace)

async function askAll(h: BridgeHarness): Promise<void> {
  h.assistant.onAnswer(says(ANSWER))
  h.assistant.onRun([started, delta(ANSWER), completed])
  await h.say(QUESTION)
  await h.say(QUESTION, { chatKind: 'group', chat: 'room', mentionsBot: true })
  await h.take(command('report', { options: { topic: QUESTION } }))
  await h.run(5_000)
  expect(h.screen.filter((text) => text.includes(ANSWER))).toHaveLength(3)
  expect(await openTurns(h)).toBe(0)
}

test('while a question is open its words are stored, else this test would see nothing', async () => {
  const { h, rows } = await setUpOnFile({})
  h.assistant.onAnswer([started, delta(ANSWER), { kind: 'wait', ms: 60_000 }, completed])
  await h.say(QUESTION)
  await h.run()
  expect(telling(rows())).toEqual(['journal'])
})

test('once replies stand, no record holds a word of question or answer, nor does the file', async () => {
  const { h, file, rows } = await setUpOnFile({})
  await askAll(h)
  expect(rows().map(({ namespace }) => namespace)).toContain('seen')
  expect(telling(rows())).toEqual([])
  await h.end()
  const bytes = await readFile(file)
  expect(bytes.includes('Nantucket')).toBe(false)
  expect(bytes.includes('seventh oak')).toBe(false)
})

test('what buttons need is kept with the buttons, for three days, and nowhere else', async () => {
  const { h, rows } = await setUpOnFile({ controls: ALL })
  await askAll(h)
  expect(new Set(telling(rows()))).toEqual(new Set(['actions']))
  await h.run(3 * DAY_MS)
  const left = []
  for await (const [key] of h.store.keyv('actions').iterator()) left.push(key)
  expect(left).toEqual([])
})

test('a question that was stopped or refused leaves no words either', async () => {
  const { h, rows } = await setUpOnFile({ maxInputChars: 60 })
  h.assistant.onAnswer([started, delta(ANSWER), { kind: 'wait', ms: 60_000 }, completed])
  await h.say(QUESTION)
  await h.run()
  await h.take(command('stop'))
  await h.say(QUESTION.repeat(3))
  await h.run()
  expect(h.screen.at(-1)).toBe('input.tooLong')
  expect(telling(rows())).toEqual([])
})

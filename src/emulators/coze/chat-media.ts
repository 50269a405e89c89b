// How do pictures, files and sound of an answer go out: as Markdown, as items, as base64?
import { makeOggOpus } from './ogg.ts'
import type { AnswerItem, PlainStep, Step, VoicedStep } from './script.ts'
import { serveFile } from './served.ts'
import { speechMs } from './sound.ts'
import type { ServedFile } from './workflow-script.ts'
import type { World } from './world.ts'

/** What a step is in plainer steps; most are plain already. */
export function plainSteps(world: World, step: Step): readonly PlainStep[] {
  if ('picture' in step) {
    const say = `![${escaped(step.alt ?? '')}](${addressOf(world, step.picture)})`
    return [{ say, ...paceOf(step) }]
  }
  if ('link' in step) {
    const name = typeof step.link === 'string' ? step.link : step.link.name
    return [{ say: `[${escaped(step.text ?? name)}](${addressOf(world, step.link)})`, ...paceOf(step) }]
  }
  return 'voiced' in step ? voicedSteps(step) : [step]
}

/** The content of an answer of type object_string (Coze docs: message types, object_string object). */
export function objectString(world: World, items: readonly AnswerItem[]): string {
  return JSON.stringify(
    items.map((item) =>
      item.type === 'text' ? item : { type: item.type, file_url: addressOf(world, item.file) },
    ),
  )
}

/** The whole stream is the pieces one after another; with `streams`, each piece is a stream of its own. */
function voicedSteps(step: VoicedStep): readonly PlainStep[] {
  const { voiced, pieces = 4, latePieces = 1, as = 'slices' } = step
  const durationMs = speechMs(voiced)
  const seed = voiced.length
  const sounds =
    as === 'streams'
      ? Array.from({ length: pieces }, (_none, at) =>
          makeOggOpus({ durationMs: durationMs / pieces, seed: seed + at }),
        )
      : slicesOf(makeOggOpus({ durationMs, seed }), pieces)
  return sounds.map((bytes, at) => ({
    audio: bytes.toString('base64'),
    ...(at >= sounds.length - latePieces ? { late: true } : {}),
  }))
}

function slicesOf(bytes: Buffer, count: number): Buffer[] {
  const size = Math.ceil(bytes.length / Math.max(1, count))
  const slices: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) slices.push(bytes.subarray(at, at + size))
  return slices
}

function addressOf(world: World, file: ServedFile | string): string {
  return typeof file === 'string' ? file : serveFile(world, file)
}

/** Brackets in a name would end the text of a link. */
function escaped(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&')
}

function paceOf(step: { readonly charsPerDelta?: number }): { readonly charsPerDelta?: number } {
  return step.charsPerDelta === undefined ? {} : { charsPerDelta: step.charsPerDelta }
}

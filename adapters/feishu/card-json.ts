// What is a card, as JSON? What is thought, one Markdown element that may grow, and the buttons below it.
// https://open.feishu.cn/document/feishu-cards/card-json-v2-structure
import type { Control } from '../../src/contract/platform.ts'
import { summaryOf, type FeishuBody, type Panel } from './body.ts'
import { escapeLines } from './escape.ts'
import { keyboardOf, type ButtonPlace } from './keyboard.ts'
import { panelJson } from './panel.ts'

/** What a card shows at one moment. */
export interface Face {
  /** '': nothing but the panel. */
  readonly markdown: string
  readonly panel?: Panel
  readonly summary: string
  readonly controls: readonly Control[]
}

/** The element that grows. */
export const TEXT_ELEMENT = 'body'

/** Text that came without markup stands in a card to the letter. */
export function faceOf(body: FeishuBody, controls: readonly Control[]): Face {
  return body.kind === 'card'
    ? {
        markdown: body.markdown,
        summary: body.summary,
        controls,
        ...(body.panel === undefined ? {} : { panel: body.panel }),
      }
    : { markdown: escapeLines(body.text), summary: summaryOf(body.text), controls }
}

/**
 * The summary is set from the first words on: the chat list and the notification show it, and should nobody ever close
 * the stream they do not say "generating" for ever.
 */
export function cardJson(face: Face, place: ButtonPlace, streaming: boolean): string {
  return JSON.stringify({
    schema: '2.0',
    config: {
      streaming_mode: streaming,
      // Without it some servers refuse the card, whatever the documents say is the default.
      update_multi: true,
      summary: { content: face.summary },
      ...(streaming ? { streaming_config: TYPEWRITER } : {}),
    },
    body: {
      elements: [
        ...(face.panel === undefined ? [] : [panelJson(face.panel)]),
        ...(face.panel !== undefined && face.markdown === ''
          ? []
          : [{ tag: 'markdown', element_id: TEXT_ELEMENT, content: face.markdown }]),
        ...keyboardOf(face.controls, place),
      ],
    },
  })
}

/** A hundred characters a second, as fast as answers come, and each frame flushes what is not typed yet. */
const TYPEWRITER = { print_frequency_ms: { default: 40 }, print_step: { default: 4 }, print_strategy: 'fast' }

/** Settings that end or begin streaming. Without a summary the one that stands is kept. */
export function settingsJson(streaming: boolean, summary: string | undefined): string {
  const about = summary === undefined ? {} : { summary: { content: summary } }
  return JSON.stringify({ config: { streaming_mode: streaming, ...about } })
}

// How does a thought look on Feishu? A panel that folds, above the words of a card; quoted lines where there is no card.
// https://open.feishu.cn/document/feishu-cards/card-json-v2-components/containers/collapsible-panel
import type { Aside, Thought } from '../../src/contract/document.ts'
import { fillOf, isInvisible, jsonBytes, type FeishuBody, type Panel } from './body.ts'
import { cleanText, escapeLines } from './escape.ts'

/** The elements of a panel that are changed by their ids. */
export const THOUGHT_ELEMENT = 'thought_text'
const PANEL_ELEMENT = 'thought'
/** What the panel takes in JSON besides its title and its words. */
const FRAME_BYTES = 500

export function withAside(body: FeishuBody, aside: Aside): FeishuBody {
  const { thought, status } = aside
  if (body.kind === 'text') {
    const quoted = thought === undefined ? '' : quotedThought(thought)
    return { kind: 'text', text: blocks([quoted, body.text, cleanText(status ?? '').trim()]) }
  }
  const panel = thought === undefined ? undefined : panelOf(thought)
  const line = status === undefined ? '' : escapeLines(oneLine(status))
  const markdown = blocks([body.markdown, line === '' ? '' : `*${line}*`])
  return {
    ...body,
    markdown,
    sizeBytes: body.sizeBytes + jsonBytes(markdown) - jsonBytes(body.markdown) + bytesOf(panel),
    // The chat list tells what goes on until there are words.
    summary: isInvisible(body.summary) ? (panel?.title ?? status ?? '') : body.summary,
    ...(panel === undefined ? {} : { panel }),
  }
}

/** Plain words, with a thought above them where there is room. */
export function plainBody(text: string, thought: Thought | undefined): FeishuBody {
  const body: FeishuBody = { kind: 'text', text: cleanText(text).trim() }
  const whole = withAside(body, { thought, status: undefined })
  return fillOf(whole) <= 1 ? whole : body
}

function quotedThought({ title, text }: Thought): string {
  return cleanText(`${title}\n${text}`).trim().replace(/^/gm, '│ ')
}

export function panelJson({ title, markdown, isOpen }: Panel): object {
  return {
    tag: 'collapsible_panel',
    element_id: PANEL_ELEMENT,
    expanded: isOpen,
    header: {
      title: { tag: 'plain_text', content: title },
      icon: { tag: 'standard_icon', token: 'down-small-ccm_outlined', size: '16px 16px' },
      icon_position: 'follow_text',
      icon_expanded_angle: -180,
    },
    border: { color: 'grey', corner_radius: '5px' },
    padding: '8px 8px 8px 8px',
    elements: [{ tag: 'markdown', element_id: THOUGHT_ELEMENT, content: markdown, text_size: 'notation' }],
  }
}

/** Only its words differ: they can grow where they stand. */
export function growsInPlace(a: Panel | undefined, b: Panel | undefined): boolean {
  if (a === undefined || b === undefined) return false
  return a.title === b.title && a.isOpen === b.isOpen && a.markdown !== b.markdown
}

function panelOf({ title, text, isOver }: Thought): Panel {
  return { title: oneLine(title), markdown: escapeLines(cleanText(text).trim()), isOpen: !isOver }
}

function bytesOf(panel: Panel | undefined): number {
  return panel === undefined ? 0 : FRAME_BYTES + jsonBytes(panel.title) + jsonBytes(panel.markdown)
}

function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim()
}

function blocks(texts: readonly string[]): string {
  return texts.filter((text) => text.trim() !== '').join('\n\n')
}

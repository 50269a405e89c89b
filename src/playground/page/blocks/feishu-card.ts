// How does a Feishu client draw a card? Its elements in order, then the buttons; the form is told apart.
// https://open.feishu.cn/document/feishu-cards/card-json-v2-structure

import type { PageBlock, PageControl } from '../protocol.ts'
import { feishuBlocks, feishuWords, type FeishuNames } from './feishu.ts'
import { recordOf, recordsIn, textIn, type Json } from './json.ts'

export interface DrawnCard {
  readonly blocks: readonly PageBlock[]
  readonly controls: readonly (readonly PageControl[])[]
}

export function feishuCard(card: Json, names: FeishuNames): DrawnCard {
  const title = textIn(recordOf(recordOf(card['header'])['title'])['content'])
  const { blocks, controls } = drawAll(elementsOf(card), names)
  const head: readonly PageBlock[] =
    title === '' ? [] : [{ kind: 'heading', level: 3, spans: feishuWords(title, names) }]
  return { blocks: [...head, ...blocks], controls }
}

/** The id of a button is what its press brings back. */
export function controlIdOf(value: unknown): string {
  return JSON.stringify(value)
}

function elementsOf(card: Json): readonly Json[] {
  return recordsIn(recordOf(card['body'])['elements'] ?? card['elements'])
}

function drawAll(elements: readonly Json[], names: FeishuNames): DrawnCard {
  const drawn = elements.map((element) => drawOne(element, names))
  return {
    blocks: drawn.flatMap(({ blocks }) => blocks),
    controls: drawn.flatMap(({ controls }) => controls),
  }
}

function drawOne(element: Json, names: FeishuNames): DrawnCard {
  switch (element['tag']) {
    case 'markdown':
      return words(feishuBlocks(textIn(element['content']), names))
    case 'div':
      return words(textBlocks(recordOf(element['text']), names))
    case 'plain_text':
    case 'lark_md':
      return words(textBlocks(element, names))
    case 'note':
      return words([
        {
          kind: 'small',
          spans: recordsIn(element['elements']).flatMap(({ content }) => feishuWords(textIn(content), names)),
        },
      ])
    case 'hr':
      return words([{ kind: 'rule' }])
    case 'img': {
      const file = names.picture(textIn(element['img_key']), textIn(recordOf(element['alt'])['content']))
      return words(file === undefined ? [] : [{ kind: 'picture', file }])
    }
    case 'table':
      return words([tableOf(element, names)])
    case 'collapsible_panel':
      return panelOf(element, names)
    case 'button':
      return { blocks: [], controls: rowOf([element]) }
    case 'action':
      return { blocks: [], controls: rowOf(recordsIn(element['actions'])) }
    case 'column_set':
      return columnsOf(element, names)
    case 'select_static':
      return { blocks: [], controls: rowOf([element]) }
    // A form is drawn by itself.
    case 'form':
      return words([])
    default:
      return drawAll(recordsIn(element['elements']), names)
  }
}

function words(blocks: readonly PageBlock[]): DrawnCard {
  return { blocks, controls: [] }
}

function textBlocks(text: Json, names: FeishuNames): readonly PageBlock[] {
  const content = textIn(text['content'])
  if (text['tag'] === 'lark_md') return feishuBlocks(content, names)
  return content === '' ? [] : [{ kind: 'paragraph', spans: feishuWords(content, names) }]
}

function panelOf(element: Json, names: FeishuNames): DrawnCard {
  const title = recordOf(recordOf(element['header'])['title'])
  const { blocks, controls } = drawAll(recordsIn(element['elements']), names)
  const plain = textIn(title['content']).replace(/<[^<>]*>|\*\*/g, '')
  return {
    blocks: [{ kind: 'panel', title: plain, isOpen: element['expanded'] === true, blocks }],
    controls,
  }
}

/** Buttons side by side are one row. */
function columnsOf(element: Json, names: FeishuNames): DrawnCard {
  const columns = recordsIn(element['columns']).map((column) => drawAll(recordsIn(column['elements']), names))
  const row = columns.flatMap(({ controls }) => controls.flat())
  return {
    blocks: columns.flatMap(({ blocks }) => blocks),
    controls: row.length === 0 ? [] : [row],
  }
}

function tableOf(element: Json, names: FeishuNames): PageBlock {
  const columns = recordsIn(element['columns'])
  const cell = (value: unknown) =>
    feishuWords(typeof value === 'number' ? String(value) : textIn(value), names)
  return {
    kind: 'table',
    head: columns.map((column) => cell(column['display_name'])),
    rows: recordsIn(element['rows']).map((row) => columns.map((column) => cell(row[textIn(column['name'])]))),
  }
}

function rowOf(elements: readonly Json[]): readonly (readonly PageControl[])[] {
  const row = elements.flatMap(controlOf)
  return row.length === 0 ? [] : [row]
}

function controlOf(element: Json): readonly PageControl[] {
  const behaviors = recordsIn(element['behaviors'])
  const value = behaviors.find(({ type }) => type === 'callback')?.['value'] ?? element['value']
  const label = textIn(recordOf(element['text'])['content'])
  if (element['tag'] === 'select_static') {
    const choices = recordsIn(element['options']).map((option) => ({
      value: textIn(option['value']),
      label: textIn(recordOf(option['text'])['content']),
    }))
    const placeholder = textIn(recordOf(element['placeholder'])['content'])
    return [{ kind: 'choice', id: controlIdOf(value ?? element['name'] ?? null), placeholder, choices }]
  }
  if (element['tag'] !== 'button') return []
  const url = behaviors.find(({ type }) => type === 'open_url')?.['default_url'] ?? element['url']
  if (value === undefined && typeof url === 'string')
    return /^https?:/i.test(url) ? [{ kind: 'link', url, label }] : []
  const style = textIn(element['type'])
  const look = style.startsWith('danger') ? 'danger' : style.startsWith('primary') ? 'primary' : 'plain'
  return [
    { kind: 'button', id: controlIdOf(value ?? null), label, look, isDisabled: element['disabled'] === true },
  ]
}

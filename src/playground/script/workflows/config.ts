// Which commands does the bridge of this script have? Its whole configuration file.

import type { PlatformName } from '../../seats.ts'
import { platformLines } from '../platform-lines.ts'
import { FLOWS, TOOL } from './said.ts'

/** How long the question of /hurry waits for its answer. */
export const HURRY_MS = 3_000

/** How /order calls its option. */
export const ORDER_NUMBER = 'Number, like AB-123'

export function workflowsConfig(platforms: readonly PlatformName[]): string {
  return `coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
  limits: { chatsPerSecond: 0 }
agents:
  default: { bot: "\${env:COZE_BOT_ID}" }
  guide:
    kind: chatflow
    workflow: "${FLOWS.guide}"
    bot: "\${env:COZE_BOT_ID}"
    parameters: { place: "{platform}" }
    options:
      - name: taste
        type: choice
        required: true
        description: { en: "What do you like?", zh-CN: "喜欢什么？" }
        choices:
          - { value: quiet, label: { en: "Quiet", zh-CN: "安静" } }
          - { value: lively, label: { en: "Company", zh-CN: "热闹" } }
      - { name: nights, type: integer, required: true, description: { en: "How many nights?", zh-CN: "几晚？" } }
tools:
  ${TOOL.name}: { url: "\${env:TOOL_URL}", secret: "not-so-secret" }
platforms:
${platformLines(platforms)}
routes:
  - when: { command: hurry }
    agent: default
    questions: { expiresMs: ${HURRY_MS} }
  - agent: default
    agents: [default, guide]
    controls: { suggestions: true, stop: true, again: true, thumbs: true }
budgets: { questionsPerHour: 0 }
${COMMANDS}`
}

const TOPIC = `options:
      - { name: topic, type: string, required: true, description: { en: "About what", zh-CN: "主题" } }`

const COMMANDS = `commands:
  weather:
    description: { en: "The weather of a city", zh-CN: "城市天气" }
    workflow: "${FLOWS.weather}"
    options:
      - { name: city, type: string, required: true, max: 40, description: { en: "City", zh-CN: "城市" } }
      - name: unit
        type: choice
        required: true
        description: { en: "Unit", zh-CN: "单位" }
        choices:
          - { value: C, label: { en: "Celsius", zh-CN: "摄氏度" } }
          - { value: F, label: { en: "Fahrenheit", zh-CN: "华氏度" } }
      - { name: name, type: string, description: { en: "Your name", zh-CN: "称呼" } }
      - { name: days, type: integer, min: 1, max: 7, default: 2, description: { en: "Days", zh-CN: "天数" } }
  order:
    description: { en: "Look for an order", zh-CN: "查找订单" }
    workflow: "${FLOWS.order}"
    options:
      - name: number
        type: string
        required: true
        pattern: "[A-Z]{2}-[0-9]{3}"
        description: { en: "${ORDER_NUMBER}", zh-CN: "编号，如 AB-123" }
  trip:
    description: { en: "Plan a journey", zh-CN: "计划旅行" }
    workflow: "${FLOWS.trip}"
    ${TOPIC}
  book:
    description: { en: "Book a room", zh-CN: "预订房间" }
    workflow: "${FLOWS.book}"
    ${TOPIC}
  inspect:
    description: { en: "Look into a file", zh-CN: "查看文件" }
    workflow: "${FLOWS.inspect}"
    mode: run
    show: "**{name}** has {size} bytes, sha256 {sha256}."
    options:
      - { name: document, type: file, required: true, description: { en: "File", zh-CN: "文件" } }
  ramble:
    description: { en: "Talk without end", zh-CN: "说个不停" }
    workflow: "${FLOWS.ramble}"
    ${TOPIC}
  hurry:
    description: { en: "Ask and do not wait", zh-CN: "限时提问" }
    workflow: "${FLOWS.hurry}"
    ${TOPIC}
  report:
    description: { en: "A report that takes hours", zh-CN: "需要数小时的报告" }
    workflow: "${FLOWS.report}"
    mode: async
    ${TOPIC}
  lost:
    description: { en: "A workflow that is not there", zh-CN: "不存在的工作流" }
    workflow: "${FLOWS.lost}"
  broken:
    description: { en: "A node that fails", zh-CN: "会出错的节点" }
    workflow: "${FLOWS.broken}"
  tour:
    description: { en: "Three questions", zh-CN: "三个问题" }
    workflow: "${FLOWS.tour}"
    ${TOPIC}
  grant:
    description: { en: "Look into your calendar", zh-CN: "查看日历" }
    workflow: "${FLOWS.grant}"
    ${TOPIC}
  slow:
    description: { en: "A run of more than 15 minutes", zh-CN: "超过 15 分钟的运行" }
    workflow: "${FLOWS.slow}"
    ${TOPIC}
`

declare module 'parse-prometheus-text-format' {
  export type ParsedMetric = {
    value?: string
    labels?: Record<string, string>
    buckets?: Record<string, string>
    count?: string
    sum?: string
  }

  export default function parsePrometheusText(
    text: string,
  ): { name: string; help: string; type: string; metrics: ParsedMetric[] }[]
}

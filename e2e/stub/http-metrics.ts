import { formatPrometheusNumber } from './python-text.ts'

export type HttpMetrics = {
  observe: (request: {
    handler: string
    method: string
    status: number
    requestBytes: number
    responseBytes: number
    seconds: number
  }) => void
  /** The sample lines of one metric of the middleware, in the order of first use. */
  render: (metric: string) => string[]
  clear: () => void
}

type Series = { labels: string; value: number; createdAt: number }

const BUCKETS = ['0.1', '0.5', '1.0', '+Inf']
const FINE_BUCKETS =
  '0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0 7.5 10.0 30.0 60.0 +Inf'.split(
    ' ',
  )

/** The HTTP half of /metrics: prometheus-fastapi-instrumentator's metrics. */
export function createHttpMetrics(): HttpMetrics {
  const metrics = new Map<string, Map<string, Series>>()

  const add = (sample: { metric: string; labels: string; by: number }) => {
    const { metric, labels, by } = sample
    const series = metrics.get(metric) ?? new Map<string, Series>()
    const known = series.get(labels) ?? { labels, value: 0, createdAt: Date.now() / 1000 }
    known.value += by
    series.set(labels, known)
    metrics.set(metric, series)
  }

  return {
    observe: ({ handler, method, status, requestBytes, responseBytes, seconds }) => {
      const only = `{handler="${handler}"}`
      const both = `{handler="${handler}",method="${method}"}`
      const group = `${Math.floor(status / 100)}xx`
      const full = `{handler="${handler}",method="${method}",status="${group}"}`
      add({ metric: 'http_requests', labels: `_total${full}`, by: 1 })
      for (const [metric, bytes] of [
        ['http_request_size_bytes', requestBytes],
        ['http_response_size_bytes', responseBytes],
      ] as const) {
        add({ metric, labels: `_count${only}`, by: 1 })
        add({ metric, labels: `_sum${only}`, by: bytes })
      }
      const metric = 'http_request_duration_seconds'
      for (const le of BUCKETS) {
        const by = le === '+Inf' || seconds <= Number(le) ? 1 : 0
        const labels = `_bucket{handler="${handler}",le="${le}",method="${method}"}`
        add({ metric, labels, by })
      }
      add({ metric, labels: `_count${both}`, by: 1 })
      add({ metric, labels: `_sum${both}`, by: seconds })
      const fine = 'http_request_duration_highr_seconds'
      for (const le of FINE_BUCKETS) {
        const by = le === '+Inf' || seconds <= Number(le) ? 1 : 0
        add({ metric: fine, labels: `_bucket{le="${le}"}`, by })
      }
      add({ metric: fine, labels: '_count', by: 1 })
      add({ metric: fine, labels: '_sum', by: seconds })
    },
    render: (metric) => {
      const isCreated = metric.endsWith('_created')
      const name = metric.replace(/_(created|total)$/, '')
      const series = [...(metrics.get(name)?.values() ?? [])]
      if (!isCreated) {
        return series.map(
          ({ labels, value }) => `${name}${labels} ${formatPrometheusNumber(value)}`,
        )
      }
      return series
        .filter(({ labels }) => /^_(total|count)/.test(labels))
        .map(({ labels, createdAt }) => {
          const rest = labels.replace(/^_(total|count)/, '')
          return `${name}_created${rest} ${formatPrometheusNumber(createdAt)}`
        })
    },
    clear: () => metrics.clear(),
  }
}

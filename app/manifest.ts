import type { MetadataRoute } from 'next'
import messages from '@/lib/i18n/messages/en.json'

/** What a browser needs to keep the app as one of its own. */
export default function manifest(): MetadataRoute.Manifest {
  const { name, description } = messages.app
  return {
    name,
    short_name: name,
    description,
    start_url: '/',
    display: 'standalone',
    background_color: '#ffffff',
    theme_color: '#ffffff',
    icons: [
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: '/apple-icon.png', sizes: '180x180', type: 'image/png' },
    ],
  }
}

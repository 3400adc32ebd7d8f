// The API under the storefront's own address, which the Standard plan alone has; requests through it end after 45 seconds.
param siteName string
param appId string
param appLocation string

resource site 'Microsoft.Web/staticSites@2024-11-01' existing = {
  name: siteName
}

resource link 'Microsoft.Web/staticSites/linkedBackends@2024-11-01' = {
  parent: site
  name: 'api'
  properties: {
    backendResourceId: appId
    region: appLocation
  }
}

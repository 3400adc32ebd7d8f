// The storefront's pages.
param name string
param location string
param tags object
param skuName string

@description('Empty, or a host name whose CNAME record points to the site: the deployment waits until Azure has seen it.')
param customDomain string

resource site 'Microsoft.Web/staticSites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'web' })
  sku: {
    name: skuName
    tier: skuName
  }
  properties: {
    allowConfigFileUpdates: true
    stagingEnvironmentPolicy: 'Enabled'
  }
}

resource domain 'Microsoft.Web/staticSites/customDomains@2024-11-01' = if (!empty(customDomain)) {
  parent: site
  // Made even where it is not deployed: a name must not be empty.
  name: empty(customDomain) ? 'none' : customDomain
  properties: { validationMethod: 'cname-delegation' }
}

output name string = site.name
output host string = site.properties.defaultHostname

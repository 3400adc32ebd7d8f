// Everything the shop needs on Azure, in one resource group. Never deployed: docs/azure.md says what was checked and how.
targetScope = 'subscription'

@description('Part of every name: 2 to 12 lower-case letters, digits and hyphens.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('A region with Flex Consumption.')
param location string

@description('A region with Static Web Apps, which are not in every region.')
param staticSiteLocation string = location

@description('Object id of the person or pipeline that migrates the database: its Entra administrator.')
param databaseAdministratorId string

@description('Name of that administrator, which is its role in PostgreSQL.')
param databaseAdministratorName string

@allowed(['User', 'Group', 'ServicePrincipal'])
param databaseAdministratorType string = 'ServicePrincipal'

@description('Opens the admin routes. Every deployment without it makes a new one; it is in Key Vault only.')
@secure()
@minLength(16)
param adminKey string = newGuid()

@description('demo lets anyone act as any shop user; jwt and swa know who signed in.')
@allowed(['demo', 'jwt', 'swa'])
param authMode string = 'jwt'

@description('Must be true for demo, so that nobody publishes an open shop by mistake.')
param allowDemo bool = false

@description('Issuer and audience of the tokens when authMode is jwt.')
param jwtIssuer string = ''
param jwtAudience string = ''

@description('Origins besides the static web app whose pages may call the API.')
param allowedOrigins array = []

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Times the connections of one instance (3 + 3) at most 35, what Standard_B1ms allows.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 5

@description('Instances that are always up for requests; each costs about 20 USD a month with 2 GB.')
@minValue(0)
param alwaysReadyInstances int = 0

param databaseSku string = 'Standard_B1ms'

@allowed(['Burstable', 'GeneralPurpose', 'MemoryOptimized'])
param databaseTier string = 'Burstable'

@description('true puts the database into a virtual network that only the app reaches; a server keeps what it was made with.')
param privateNetwork bool = false

@allowed(['Free', 'Standard'])
param staticSiteSku string = 'Free'

@description('Host name of the storefront, such as shop.example.com; its CNAME record must point to the static web app before.')
param customDomain string = ''

@description('Webhook that is told how batches end, such as one of a chat program. Its address is a secret of theirs.')
@secure()
param notifyWebhookUrl string = ''

@description('Key of the signatures of those messages, 16 characters or more; empty for none.')
@secure()
param notifyWebhookSecret string = ''

@description('Who is told when something is wrong or dear. Without an address there are no alerts and no budget.')
param alertEmail string = ''

@description('Currency units of the subscription a month; told at 80 % spent and when 100 % are forecast. 0 makes no budget.')
@minValue(0)
param monthlyBudget int = 50

@description('First month of the budget; each deployment moves it to its own month unless it is given.')
param budgetMonth string = utcNow('yyyy-MM')

var suffix = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }
// Every name: kind, shop, environment. A name that all of Azure shares has the suffix, which differs between subscriptions.
var names = {
  group: 'rg-shop-${environmentName}'
  identity: 'id-shop-${environmentName}'
  workspace: 'log-shop-${environmentName}'
  insights: 'appi-shop-${environmentName}'
  actionGroup: 'ag-shop-${environmentName}'
  alert: 'alert-shop-${environmentName}'
  budget: 'budget-shop-${environmentName}'
  site: 'stapp-shop-${environmentName}'
  network: 'vnet-shop-${environmentName}'
  databaseZone: 'shop-${environmentName}.private.postgres.database.azure.com'
  storage: 'stshop${suffix}'
  vault: 'kv-${suffix}'
  server: 'psql-shop-${suffix}'
  plan: 'plan-shop-${suffix}'
  app: 'func-shop-${suffix}'
}
var origins = concat(['https://${web.outputs.host}'], empty(customDomain) ? [] : ['https://${customDomain}'], allowedOrigins)

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: names.group
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: names.identity
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: names.workspace
    insightsName: names.insights
    location: location
    tags: tags
    publisherId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: names.storage
    location: location
    tags: tags
    ownerId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: names.vault
    location: location
    tags: tags
    readerId: identity.outputs.principalId
    adminKey: adminKey
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  scope: group
  params: {
    name: names.network
    zoneName: names.databaseZone
    location: location
    tags: tags
  }
}

module database 'modules/database.bicep' = {
  name: 'database'
  scope: group
  params: {
    name: names.server
    location: location
    tags: tags
    skuName: databaseSku
    tier: databaseTier
    administratorId: databaseAdministratorId
    administratorName: databaseAdministratorName
    administratorType: databaseAdministratorType
    subnetId: privateNetwork ? network.outputs.databaseSubnetId : ''
    zoneId: privateNetwork ? network.outputs.databaseZoneId : ''
  }
}

module web 'modules/web.bicep' = {
  name: 'web'
  scope: group
  params: {
    name: names.site
    location: staticSiteLocation
    tags: tags
    skuName: staticSiteSku
    customDomain: customDomain
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    name: names.app
    planName: names.plan
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    identityName: identity.outputs.name
    storageName: storage.outputs.name
    blobEndpoint: storage.outputs.blobEndpoint
    packageContainer: storage.outputs.packageContainer
    artifactContainer: storage.outputs.artifactContainer
    databaseHost: database.outputs.host
    databaseName: database.outputs.databaseName
    adminKeyUri: vault.outputs.adminKeyUri
    telemetryConnection: monitoring.outputs.connectionString
    notifyWebhookUrl: notifyWebhookUrl
    notifyWebhookSecret: notifyWebhookSecret
    authMode: authMode
    allowDemo: allowDemo
    jwtIssuer: jwtIssuer
    jwtAudience: jwtAudience
    allowedOrigins: origins
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    subnetId: privateNetwork ? network.outputs.appSubnetId : ''
  }
}

module backend 'modules/backend.bicep' = if (staticSiteSku == 'Standard') {
  name: 'backend'
  scope: group
  params: {
    siteName: web.outputs.name
    appId: app.outputs.id
    appLocation: location
  }
}

module alerts 'modules/alerts.bicep' = if (!empty(alertEmail)) {
  name: 'alerts'
  scope: group
  params: {
    groupName: names.actionGroup
    prefix: names.alert
    location: location
    tags: tags
    email: alertEmail
    workspaceId: monitoring.outputs.workspaceId
    serverId: database.outputs.id
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    title: 'Shop ${environmentName}'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module budget 'modules/budget.bicep' = if (!empty(alertEmail) && monthlyBudget > 0) {
  name: 'budget'
  scope: group
  params: {
    name: names.budget
    amount: monthlyBudget
    firstMonth: budgetMonth
    email: alertEmail
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output APP_NAME string = app.outputs.name
output APP_URL string = 'https://${app.outputs.host}'
output WEB_URL string = 'https://${empty(customDomain) ? web.outputs.host : customDomain}'
output WEB_HOST string = web.outputs.host
output DATABASE_HOST string = database.outputs.host
output DATABASE_SERVER string = database.outputs.name
output DATABASE_ROLE string = identity.outputs.name
output VAULT_NAME string = vault.outputs.name

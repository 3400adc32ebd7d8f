// Everything the shop needs on Azure, in one resource group. Never deployed: see docs/azure.md for what was checked and how.
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

@allowed(['Free', 'Standard'])
param staticSiteSku string = 'Free'

@description('Who is told when something is wrong. Without an address no alert is made.')
param alertEmail string = ''

var suffix = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-shop-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-shop-${environmentName}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    name: 'shop-${environmentName}'
    location: location
    tags: tags
    publisherId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'stshop${suffix}'
    location: location
    tags: tags
    ownerId: identity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-${suffix}'
    location: location
    tags: tags
    readerId: identity.outputs.principalId
    adminKey: adminKey
  }
}

module database 'modules/database.bicep' = {
  name: 'database'
  scope: group
  params: {
    name: 'psql-shop-${suffix}'
    location: location
    tags: tags
    skuName: databaseSku
    tier: databaseTier
    administratorId: databaseAdministratorId
    administratorName: databaseAdministratorName
    administratorType: databaseAdministratorType
  }
}

module web 'modules/web.bicep' = {
  name: 'web'
  scope: group
  params: {
    name: 'stapp-shop-${environmentName}'
    location: staticSiteLocation
    tags: tags
    skuName: staticSiteSku
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    name: 'func-shop-${suffix}'
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
    authMode: authMode
    allowDemo: allowDemo
    jwtIssuer: jwtIssuer
    jwtAudience: jwtAudience
    allowedOrigins: concat(['https://${web.outputs.host}'], allowedOrigins)
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
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
    name: 'shop-${environmentName}'
    location: location
    tags: tags
    email: alertEmail
    workspaceId: monitoring.outputs.workspaceId
    serverId: database.outputs.id
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output APP_NAME string = app.outputs.name
output APP_URL string = 'https://${app.outputs.host}'
output WEB_URL string = 'https://${web.outputs.host}'
output DATABASE_HOST string = database.outputs.host
output DATABASE_SERVER string = database.outputs.name
output DATABASE_ROLE string = identity.outputs.name
output VAULT_NAME string = vault.outputs.name

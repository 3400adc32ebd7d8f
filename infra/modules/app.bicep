// The function app on Flex Consumption. One plan holds one app.
param name string
param planName string
param location string
param tags object
param identityId string
param identityClientId string
param identityName string
param storageName string
param blobEndpoint string
param packageContainer string
param artifactContainer string
param databaseHost string
param databaseName string
param adminKeyUri string
param telemetryConnection string
@secure()
param notifyWebhookUrl string
@secure()
param notifyWebhookSecret string
param authMode string
param allowDemo bool
param jwtIssuer string
param jwtAudience string
param allowedOrigins array
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyInstances int

@description('Subnet through which the app reaches the database; empty without a virtual network.')
param subnetId string

// Where the platform puts the package; the certificates are in it because the image's distribution is not known.
var certificates = '/home/site/wwwroot/certs/roots.pem'

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: {
        name: 'custom'
        version: '1.0'
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReadyInstances
          }
        ]
        triggers: { http: { perInstanceConcurrency: 32 } }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      // The platform answers preflight requests itself; the handler never sees them.
      cors: {
        allowedOrigins: allowedOrigins
        supportCredentials: false
      }
    }
  }
}

// FUNCTIONS_WORKER_RUNTIME and the settings of remote builds are refused on this plan.
resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__accountName: storageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    AZURE_CLIENT_ID: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: telemetryConnection
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    NOTIFY_WEBHOOK_URL: notifyWebhookUrl
    NOTIFY_WEBHOOK_SECRET: notifyWebhookSecret
    DATABASE_URL: 'postgresql://${identityName}@${databaseHost}:5432/${databaseName}?sslmode=verify-full&sslrootcert=${certificates}&connect_timeout=10'
    DATABASE_AUTH: 'entra'
    DATABASE_POOL_API: '3'
    DATABASE_POOL_BATCH: '3'
    BLOB_STORAGE: blobEndpoint
    BLOB_CONTAINER: artifactContainer
    TLS_CA_FILE: certificates
    ADMIN_API_KEY: '@Microsoft.KeyVault(SecretUri=${adminKeyUri})'
    AUTH_MODE: authMode
    AUTH_MODE_ALLOW_DEMO_ON_AZURE: string(allowDemo)
    JWT_ISSUER: jwtIssuer
    JWT_AUDIENCE: jwtAudience
    CORS_ALLOWED_ORIGINS: join(allowedOrigins, ',')
    INSTANCE_MEMORY_MB: string(instanceMemoryMB)
    LOG_LEVEL: 'info'
  }
}

output id string = app.id
output name string = app.name
output host string = app.properties.defaultHostName

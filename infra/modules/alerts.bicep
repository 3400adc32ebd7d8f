// What somebody must look at. The queries use what the host itself records.
param name string
param location string
param tags object
param email string
param workspaceId string
param serverId string

var failures = 'AppRequests | where Success == false and (toint(ResultCode) >= 500 or Name in ("GenerateRecommendations", "RefreshActiveUsers"))'
// The timer ticks every five minutes; count of nothing is a row too, so silence fires.
var ticks = 'AppRequests | where Name == "GenerateRecommendations" and Success == true | summarize Ticks = count()'
var logRules = [
  {
    name: 'failures'
    text: 'More than ten failed requests or a failed timer within 15 minutes'
    query: failures
    column: ''
    aggregation: 'Count'
    operator: 'GreaterThan'
    threshold: 10
    window: 'PT15M'
  }
  {
    name: 'silent-timer'
    text: 'No successful tick of the batch within an hour'
    query: ticks
    column: 'Ticks'
    aggregation: 'Total'
    operator: 'LessThan'
    threshold: 1
    window: 'PT1H'
  }
]
var serverRules = [
  {
    name: 'database-storage'
    metric: 'storage_percent'
    operator: 'GreaterThan'
    threshold: 80
  }
  {
    name: 'database-connections'
    metric: 'active_connections'
    operator: 'GreaterThan'
    threshold: 28
  }
  {
    name: 'database-credits'
    metric: 'cpu_credits_remaining'
    operator: 'LessThan'
    threshold: 30
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'shop'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in logRules: {
  name: '${name}-${rule.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    description: rule.text
    enabled: true
    severity: 1
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: rule.window
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: rule.aggregation
          metricMeasureColumn: empty(rule.column) ? null : rule.column
          operator: rule.operator
          threshold: rule.threshold
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]

resource serverAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for rule in serverRules: {
  name: '${name}-${rule.name}'
  location: 'global'
  tags: tags
  properties: {
    severity: 2
    enabled: true
    scopes: [serverId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: rule.name
          criterionType: 'StaticThresholdCriterion'
          metricName: rule.metric
          operator: rule.operator
          threshold: rule.threshold
          timeAggregation: 'Average'
        }
      ]
    }
    actions: [
      { actionGroupId: people.id }
    ]
  }
}]

// What somebody must look at. AppRequests is what the host records, AppEvents what the program sends.
param groupName string

@description('Beginning of every rule\'s name.')
param prefix string
param location string
param tags object
param email string
param workspaceId string
param serverId string

// The handler tells the same requests under a role of its own.
var failures = 'AppRequests | where AppRoleName !endswith "-handler" and Success == false and (toint(ResultCode) >= 500 or Name in ("GenerateRecommendations", "RefreshActiveUsers"))'
// The timer ticks every five minutes; count of nothing is a row too, so silence fires.
var ticks = 'AppRequests | where Name == "GenerateRecommendations" and Success == true | summarize Ticks = count()'
// A share of few requests says nothing. Without requests there is no row, and no alert.
var errorRate = 'AppRequests | where Name == "HttpApi" | summarize Requests = count(), Failed = countif(toint(ResultCode) >= 500) | where Requests >= 50 | project Percent = 100.0 * Failed / Requests'
var failedBatches = 'AppEvents | where Name in ("batch.failed", "batch.rejected")'
// A summary without `by` has a row even when there was no event: 999 hours then.
// Refreshes between full runs complete too, and make nobody else's lists new.
var staleness = 'AppEvents | where Name == "batch.completed" and tostring(Properties.job_type) == "full" | summarize Last = max(TimeGenerated) | extend Hours = iff(isnull(Last), 999.0, datetime_diff("minute", now(), Last) / 60.0) | project Hours'
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
    range: ''
    every: 'PT15M'
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
    range: ''
    every: 'PT15M'
  }
  {
    name: 'error-rate'
    text: 'More than 5 % of at least 50 requests in 15 minutes failed in the program or the platform'
    query: errorRate
    column: 'Percent'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 5
    window: 'PT15M'
    range: ''
    every: 'PT15M'
  }
  {
    name: 'batch-failed'
    text: 'A batch failed, or its model or lists were rejected'
    query: failedBatches
    column: ''
    aggregation: 'Count'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    range: ''
    every: 'PT5M'
  }
  {
    name: 'stale-lists'
    text: 'No full batch has completed within a day'
    query: staleness
    column: 'Hours'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 24
    window: 'P1D'
    range: 'P2D'
    every: 'PT1H'
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
  name: groupName
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
  name: '${prefix}-${rule.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    description: rule.text
    enabled: true
    severity: 1
    scopes: [workspaceId]
    evaluationFrequency: rule.every
    windowSize: rule.window
    overrideQueryTimeRange: empty(rule.range) ? null : rule.range
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
  name: '${prefix}-${rule.name}'
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

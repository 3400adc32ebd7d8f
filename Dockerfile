# The package of `make package` on the Functions base image: for Premium, Dedicated and Container Apps. Flex Consumption takes no images.
#
#   docker build --build-arg PACKAGE=dist/recommender-shop-COMMIT --tag recommender-shop .
#
# Never built: there was no container engine, and the base image was not at hand. `make package-test` runs the same files under the
# same path and variables in an empty root folder, without the Functions host of the image.
FROM mcr.microsoft.com/azure-functions/dotnet:4
ARG PACKAGE
ENV AzureWebJobsScriptRoot=/home/site/wwwroot
ENV AzureFunctionsJobHost__Logging__Console__IsEnabled=true
ENV TLS_CA_FILE=/home/site/wwwroot/certs/roots.pem
COPY ${PACKAGE}/ /home/site/wwwroot/

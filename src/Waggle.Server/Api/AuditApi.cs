using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Audit;
using Waggle.Core.Tokens;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class AuditApi
{
    public static void MapAudit(this RouteGroupBuilder api)
    {
        api.Get("/audit", ListAsync, new("listAudit", "The audit log: administrative commands and refusals, newest first, in pages.")
        {
            Tagged = true,
            Query =
            [
                new("user", "Only of this user."), new("action", "Only of this action, such as swarm.stop."),
                new("outcome", "Only with this outcome: done, refused or failed."),
                new("cursor", "The cursor of the previous page."), new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer"),
            ],
            Result = () => [HubJson.Default.AuditPage],
        });
        api.Post("/tokens/{token}/revoke", RevokeAsync, new("revokeToken", "Revokes a token before its expiry, and closes its connections.")
        {
            Body = () => [RestClientJson.Default.RevocationBody],
            Status = StatusCodes.Status204NoContent,
            Errors = [ErrorCodes.QuotaExceeded],
        });
    }

    private static Task ListAsync(ApiCall call) => call.DoAsync(new ListAudit(new AuditList
    {
        User = call.Query("user"),
        Action = call.Query("action"),
        Outcome = OutcomeOf(call),
        Cursor = call.Query("cursor"),
        Limit = call.QueryNumber("limit"),
    })
    { By = call.By });

    private static async Task RevokeAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.RevocationBody);
        await call.DoAsync(new RevokeToken(call.Route("token"), body.ExpiresAt, body.Reason) { By = call.By });
    }

    private static AuditOutcome? OutcomeOf(ApiCall call) => call.Query("outcome") is not { } text ? null
        : SnakeCase.TryParse<AuditOutcome>(text, out var outcome) ? outcome
        : throw ApiFault.Invalid("outcome is done, refused or failed.");
}

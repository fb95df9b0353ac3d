using System.Text.Json.Serialization.Metadata;

namespace Waggle.Server.Api;

/// <summary>The description of an endpoint. The endpoint holds it, so that the served API and /openapi/v1.json cannot differ.</summary>
internal sealed record Operation(string Id, string Summary)
{
    public IReadOnlyList<Parameter> Query { get; init; } = [];

    /// <summary>The request headers that the endpoint reads.</summary>
    public IReadOnlyList<Parameter> Headers { get; init; } = [];

    /// <summary>
    /// Returns the permitted types of the body. Only the document calls it, because loading all types at the start would cost an idle hub megabytes.
    /// </summary>
    public Func<IReadOnlyList<JsonTypeInfo>> Body { get; init; } = () => [];

    /// <summary>Whether an empty body means <c>{}</c>.</summary>
    public bool BodyOptional { get; init; }

    public int Status { get; init; } = 200;

    /// <summary>Returns the possible types of the answer.</summary>
    public Func<IReadOnlyList<JsonTypeInfo>> Result { get; init; } = () => [];

    /// <summary>The other answers that are no errors.</summary>
    public IReadOnlyList<(int Status, string Meaning)> Also { get; init; } = [];

    /// <summary>The error codes beside INVALID_REQUEST, UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED, STORE_UNAVAILABLE and INTERNAL.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    public bool EventStream { get; init; }

    /// <summary>Whether answers carry an ETag. The hub does not send an answer again that the client has.</summary>
    public bool Tagged { get; init; }

    /// <summary>Whether the body is any content and not JSON.</summary>
    public bool TakesContent { get; init; }

    /// <summary>Whether the answer is any content, in ranges on request.</summary>
    public bool GivesContent { get; init; }
}

/// <param name="Type">The type of JSON Schema.</param>
/// <param name="Many">Whether the parameter may occur more than once.</param>
internal sealed record Parameter(string Name, string Meaning, string Type = "string", bool Many = false, bool Required = false);

using System.Text.Json.Serialization.Metadata;

namespace Waggle.Server.Api;

/// <summary>What an endpoint takes and gives. Kept at the endpoint: what is served and what /openapi/v1.json says of it cannot differ.</summary>
internal sealed record Operation(string Id, string Summary)
{
    public IReadOnlyList<Parameter> Query { get; init; } = [];

    /// <summary>Request headers that mean something here.</summary>
    public IReadOnlyList<Parameter> Headers { get; init; } = [];

    /// <summary>The forms that the body may have. Asked for only by the document: to learn all types at start would cost an idle hub megabytes.</summary>
    public Func<IReadOnlyList<JsonTypeInfo>> Body { get; init; } = () => [];

    /// <summary>An empty body is as good as <c>{}</c>.</summary>
    public bool BodyOptional { get; init; }

    public int Status { get; init; } = 200;

    /// <summary>The forms that the answer may have.</summary>
    public Func<IReadOnlyList<JsonTypeInfo>> Result { get; init; } = () => [];

    /// <summary>Other answers that are no errors.</summary>
    public IReadOnlyList<(int Status, string Meaning)> Also { get; init; } = [];

    /// <summary>Codes of errors beside INVALID_REQUEST, UNAUTHENTICATED, FORBIDDEN, STORE_UNAVAILABLE and INTERNAL.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    public bool EventStream { get; init; }

    /// <summary>Answers carry an ETag, and one that the client has already is not sent again.</summary>
    public bool Tagged { get; init; }

    /// <summary>The body is any content, not JSON.</summary>
    public bool TakesContent { get; init; }

    /// <summary>The answer is any content, in ranges if asked so.</summary>
    public bool GivesContent { get; init; }
}

/// <param name="Type">A type of JSON Schema.</param>
/// <param name="Many">May be given more than once.</param>
internal sealed record Parameter(string Name, string Meaning, string Type = "string", bool Many = false, bool Required = false);

namespace Waggle.Agents.Models;

/// <summary>The codes of failures of model workers, beside those of <see cref="AgentCodes"/>.</summary>
public static class ModelCodes
{
    /// <summary>The attempt used as many turns as it may.</summary>
    public const string TurnLimit = "TURN_LIMIT";

    /// <summary>The attempt used as many tokens as it may.</summary>
    public const string TokenLimit = "TOKEN_LIMIT";

    /// <summary>The attempt cost as much as it may.</summary>
    public const string CostLimit = "COST_LIMIT";

    /// <summary>The attempt took as long as it may.</summary>
    public const string TimeLimit = "TIME_LIMIT";

    /// <summary>An answer was cut, because it had as many tokens as it may.</summary>
    public const string OutputLimit = "OUTPUT_LIMIT";

    /// <summary>The cost is limited, and nobody knows it.</summary>
    public const string CostUnknown = "COST_UNKNOWN";

    /// <summary>The task has a schema, and the answer is no JSON.</summary>
    public const string ResultNotJson = "RESULT_NOT_JSON";

    /// <summary>The provider withheld the answer.</summary>
    public const string ContentFilter = "CONTENT_FILTER";

    /// <summary>The provider could not be reached, or the connection broke.</summary>
    public const string Unreachable = "MODEL_UNREACHABLE";

    /// <summary>The provider's answer could not be read, or named a failure.</summary>
    public const string Fault = "MODEL_FAULT";

    /// <summary>A server of tools did not start, or has no usable tools.</summary>
    public const string ToolsUnavailable = "TOOLS_UNAVAILABLE";

    /// <summary>Begins the code of an HTTP status: <c>API_400</c>.</summary>
    public const string Status = "API_";
}

namespace Waggle.Exec;

/// <summary>The part of a command's standard output that is the result; the values of <c>--result</c>.</summary>
internal enum ResultForm
{
    /// <summary>The last line if it is a JSON object; else all of the output as text.</summary>
    Auto,

    /// <summary>All of the output is one JSON value.</summary>
    Json,

    /// <summary>All of the output as text.</summary>
    Text,

    /// <summary>The last line, which is a JSON value.</summary>
    LastJson,
}

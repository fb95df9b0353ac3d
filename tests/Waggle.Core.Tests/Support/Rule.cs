using System.Runtime.CompilerServices;

namespace Waggle.Core.Tests.Support;

/// <summary>An assertion whose words cost nothing while it holds: the rules are checked some million times a run.</summary>
internal static class Rule
{
    public static void Holds(bool condition, [InterpolatedStringHandlerArgument(nameof(condition))] ref Words words)
    {
        if (!condition) Assert.Fail(words.ToString());
    }

    [InterpolatedStringHandler]
    internal ref struct Words
    {
        private DefaultInterpolatedStringHandler _inner;

        public Words(int literalLength, int formattedCount, bool condition, out bool enabled)
        {
            enabled = !condition;
            _inner = enabled ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        public void AppendLiteral(string text) => _inner.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);

        public override string ToString() => _inner.ToStringAndClear();
    }
}

using Npgsql;
using NpgsqlTypes;

namespace Waggle.Storage.Postgres;

/// <summary>Adds typed parameters in the order of their numbers.</summary>
internal static class Parameters
{
    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, int value) =>
        Add(parameters, new NpgsqlParameter<int> { TypedValue = value });

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, long value) =>
        Add(parameters, new NpgsqlParameter<long> { TypedValue = value });

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, string? value) =>
        Add(parameters, new NpgsqlParameter { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, ReadOnlyMemory<byte> value) =>
        Add(parameters, new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea });

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, string?[] values) =>
        Add(parameters, new NpgsqlParameter<string?[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, long[] values) =>
        Add(parameters, new NpgsqlParameter<long[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, long?[] values) =>
        Add(parameters, new NpgsqlParameter<long?[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });

    public static NpgsqlParameterCollection With(this NpgsqlParameterCollection parameters, ReadOnlyMemory<byte>[] values) =>
        Add(parameters, new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });

    private static NpgsqlParameterCollection Add(NpgsqlParameterCollection parameters, NpgsqlParameter parameter)
    {
        parameters.Add(parameter);
        return parameters;
    }
}

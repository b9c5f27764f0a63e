// The parts of Moshi's interface that the generated Kotlin client uses, so that it can be compiled
// where Maven Central cannot be reached. Nothing here runs.
@file:Suppress("UNUSED_PARAMETER", "unused")

package com.squareup.moshi

private fun never(): Nothing = throw UnsupportedOperationException()

annotation class Json(val name: String)

annotation class JsonClass(val generateAdapter: Boolean)

annotation class ToJson

annotation class FromJson

abstract class JsonAdapter<T> {
    fun toJson(value: T?): String = never()
    fun fromJson(json: String): T? = never()

    interface Factory
}

class Moshi {
    fun <T> adapter(type: Class<T>): JsonAdapter<T> = never()

    class Builder {
        fun add(adapter: Any): Builder = never()
        fun build(): Moshi = never()
    }
}

inline fun <reified T> Moshi.adapter(): JsonAdapter<T> = throw UnsupportedOperationException()

// The parts of OkHttp's interface that the generated Kotlin client uses, so that it can be
// compiled where Maven Central cannot be reached. Nothing here runs.
@file:Suppress("UNUSED_PARAMETER", "unused")

package okhttp3

import java.io.Closeable
import java.io.File
import java.io.InputStream

private fun never(): Nothing = throw UnsupportedOperationException()

class MediaType {
    companion object {
        fun String.toMediaTypeOrNull(): MediaType? = never()
    }
}

abstract class RequestBody {
    companion object {
        fun ByteArray.toRequestBody(type: MediaType? = null): RequestBody = never()
        fun String.toRequestBody(type: MediaType? = null): RequestBody = never()
        fun File.asRequestBody(type: MediaType? = null): RequestBody = never()
    }
}

class FormBody : RequestBody() {
    class Builder {
        fun add(name: String, value: String): Builder = never()
        fun build(): FormBody = never()
    }
}

class MultipartBody : RequestBody() {
    class Builder {
        fun setType(type: MediaType): Builder = never()
        fun addPart(headers: Headers?, body: RequestBody): Builder = never()
        fun build(): MultipartBody = never()
    }

    companion object {
        val FORM: MediaType get() = never()
    }
}

class Headers {
    fun toMultimap(): Map<String, List<String>> = never()

    class Builder {
        fun add(name: String, value: String): Builder = never()
        fun build(): Headers = never()
    }

    companion object {
        fun Map<String, String>.toHeaders(): Headers = never()
    }
}

class HttpUrl {
    val encodedPathSegments: List<String> get() = never()
    fun newBuilder(): Builder = never()

    class Builder {
        fun scheme(scheme: String): Builder = never()
        fun host(host: String): Builder = never()
        fun addPathSegment(segment: String): Builder = never()
        fun addEncodedPathSegments(segments: String): Builder = never()
        fun addQueryParameter(name: String, value: String?): Builder = never()
        fun build(): HttpUrl = never()
    }

    companion object {
        fun String.toHttpUrlOrNull(): HttpUrl? = never()
    }
}

class Request {
    class Builder {
        fun url(url: HttpUrl): Builder = never()
        fun get(): Builder = never()
        fun head(): Builder = never()
        fun delete(body: RequestBody?): Builder = never()
        fun patch(body: RequestBody): Builder = never()
        fun put(body: RequestBody): Builder = never()
        fun post(body: RequestBody): Builder = never()
        fun method(method: String, body: RequestBody?): Builder = never()
        fun headers(headers: Headers): Builder = never()
        fun build(): Request = never()
    }
}

class ResponseBody {
    fun byteStream(): InputStream = never()
    fun bytes(): ByteArray = never()
    fun string(): String = never()
}

class Response : Closeable {
    val body: ResponseBody? get() = never()
    val code: Int get() = never()
    val headers: Headers get() = never()
    val isRedirect: Boolean get() = never()
    val isSuccessful: Boolean get() = never()
    val message: String get() = never()
    fun header(name: String, defaultValue: String? = null): String? = never()
    override fun close(): Unit = never()
}

interface Callback

interface Call {
    fun execute(): Response

    fun interface Factory {
        fun newCall(request: Request): Call
    }
}

class OkHttpClient : Call.Factory {
    override fun newCall(request: Request): Call = never()

    class Builder {
        fun build(): OkHttpClient = never()
    }
}
